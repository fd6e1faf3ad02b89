import type { Lean } from './lean.ts';
import type { OptionValues } from './options.ts';
import type { Problem } from './problems.ts';
import type { TextTask } from './text.ts';

/** What models are for: keys of the task registries. */
export type TaskId = 'image-classification' | TextTask;

/**
 * How the task that a model knew before is scored, from the probes that are shipped with it.
 *
 * | | accuracy | loss |
 * |---|---|---|
 * | `labels` | of known labels, by the head that the model came with | cross-entropy |
 * | `answers` | agreement with the original model's own answers, by the head that it came with | cross-entropy with them |
 * | `neighbours` | share of texts whose nearest other text, by the cosine of their features, is the one that it was for the original | 1 - the mean cosine between a text's features and the original's |
 * | `text` | of right next tokens of held-out text | nats a byte, and bits a byte are that over ln 2 |
 */
export const PROBE_KINDS = ['labels', 'answers', 'neighbours', 'text'] as const;
export type ProbeKind = (typeof PROBE_KINDS)[number];

/** What the old task is scored by: a file of the model's folder. */
export interface ProbeSet {
  kind: ProbeKind;
  file: string;
  bytes: number;
  sha256: string;
  /** Pictures, texts, or windows of text. */
  count: number;
}

/** Data of a person's own that the old task is scored by, in place of the model's probes. */
export interface OwnProbes {
  /** The open data set that they were given beside: with another they are gone. */
  of: string;
  name: string;
  data: 'image' | 'text';
  count: number;
  /** Names of their classes; none where not every example has one. */
  labels: readonly string[];
}

/** Labelled examples of what a model learned before, for replay: a file of its folder. The meter's probes are others. */
export interface ReplaySet {
  file: string;
  bytes: number;
  sha256: string;
  count: number;
}

/** A model that the site hosts: one folder under `public/models`, one entry in an architecture's `meta.ts`. */
export interface ShippedModel {
  id: string;
  /** Key of the architecture in the registries. */
  architecture: string;
  /** Size of `model.safetensors` in bytes, and its SHA-256. */
  bytes: number;
  sha256: string;
  parameters: number;
  input: ModelInput;
  /** Classes of the pretrained head; 0 where it has none. */
  classes: number;
  licence: string;
  /** Files of its folder that its licence asks to be passed on. */
  notices: readonly string[];
  probes?: ProbeSet;
  replay?: ReplaySet;
}

export interface ImageInput {
  kind: 'image';
  size: number;
  channels: 1 | 3;
}

export interface TextInput {
  kind: 'text';
  /** Tokens that it takes at most. */
  maxLength: number;
  vocabulary: number;
}

export type ModelInput = ImageInput | TextInput;

/** `preprocessor_config.json`, in the terms of Hugging Face image processors. */
export interface PreprocessorConfig {
  /** The centre square is cut out, then resized to `size` (Pillow's bilinear filter, antialiased). */
  do_center_crop: boolean;
  size: { height: number; width: number };
  channels: 1 | 3;
  /** `pixel * rescale_factor`, then `(pixel - image_mean) / image_std`, per channel. */
  rescale_factor: number;
  image_mean: readonly number[];
  image_std: readonly number[];
}

export type ModelRef = { kind: 'shipped'; id: string } | { kind: 'imported'; id: string };

/** A model whose weights are in the worker. */
export interface ModelSummary {
  ref: ModelRef;
  name: string;
  architecture: string;
  task: TaskId;
  input: ModelInput;
  /** Labels of the head that came with it; none where it has no head of its own. */
  labels: readonly string[];
  /** The task's options under which that head is what it was. */
  headOptions?: OptionValues;
  /** The last layer is a table that the model reads first: what is left of its head are a norm's few numbers. */
  tiedHead?: true;
  parameters: number;
  /** Whether the weights came from the browser's cache. */
  cached: boolean;
}

export interface StageSummary {
  name: string;
  parameters: number;
  /** How many of them move with the chosen method. */
  trainable: number;
  /** Forward floating point operations of one example. */
  flops: number;
  /** Activations of one example that a backward pass would keep, in bytes. */
  activationBytes: number;
}

/** What a method would train on this model and data, from the profile alone: nothing has run. */
export interface MethodPlan {
  method: string;
  trainable: number;
  total: number;
  /** Index of the first stage with a trainable weight: every stage before it is the frozen prefix. */
  frozenStages: number;
  /** Weights, gradients, optimizer state, activations of one step and what is cached, in bytes. */
  memoryBytes: number;
  /** Parts of it. */
  gradientBytes: number;
  optimizerBytes: number;
  activationBytes: number;
  /** Forward and backward floating point operations of a step, frozen prefix cached. */
  stepFlops: number;
  /** Size of the frozen prefix's output over all views of train, and validation, in bytes; 0 where nothing is cached. */
  cacheBytes: number;
}

/** Layers that methods can be put on, by what their names share after the block's number. */
export interface ModuleSummary {
  name: string;
  /** How many there are. */
  count: number;
  parameters: number;
  /** Which methods begin with it, by their ids. */
  chosenBy: readonly string[];
}

/** A run would take more memory than there is. */
export interface Tight {
  roomBytes: number;
  /** What would fit and learns the same; none where nothing does. */
  ways: readonly (Lean & { memoryBytes: number })[];
}

export interface PlanSummary {
  stages: readonly StageSummary[];
  modules: readonly ModuleSummary[];
  /** Of the methods that fit this model, the chosen one with the chosen options. */
  plans: readonly MethodPlan[];
  /** Why the others do not. */
  unfit: readonly { method: string; problem: Problem }[];
  stepsPerEpoch: number;
  /** Of the chosen method, where it does not fit the device. */
  tight?: Tight | undefined;
}

/** What one shipped model would cost and give on the open data; measured on a few of its pictures. */
export interface ModelAdvice {
  id: string;
  /** Milliseconds for one picture forward, measured by a probe on the backend in use. */
  forwardMs: number;
  /** By method id: estimated seconds for a run through all epochs of the given settings, and bytes of memory. */
  costs: readonly { method: string; seconds: number; memoryBytes: number }[];
  /**
   * Accuracy of the nearest class mean in its features on some validation pictures, with Wilson's 95 % interval: how well
   * it sees the classes before anything is trained. Undefined of a model that writes: there are no classes to tell apart.
   */
  fit?: { accuracy: number; low: number; high: number; examples: number } | undefined;
  /**
   * What does not fit: colour pictures for a grey model; pictures under half the input's side, or so much larger than a
   * small input that they lose what they show; texts in a language that the model does not know, or longer than it takes.
   */
  doubts: readonly ('colour' | 'upscaled' | 'downscaled' | 'language' | 'truncated')[];
}
