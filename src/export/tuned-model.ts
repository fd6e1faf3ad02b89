import type { RunMark } from '../protocol/control.ts';
import type { ClassCounts, SplitSettings } from '../protocol/dataset.ts';
import type { Inside } from '../protocol/inside.ts';
import type { ProbeKind, TaskId } from '../protocol/model.ts';
import type { Finish, RunMatrix, RunSettings, StepMetrics } from '../protocol/run.ts';

/** Weights as a file holds them: the source's names and layouts. */
export type StoredWeights = ReadonlyMap<string, { shape: readonly number[]; data: Float32Array }>;

/** A head and what its outputs mean. */
export interface Head {
  labels: readonly string[];
  weights: StoredWeights;
}

export interface Applied {
  method: RunSettings['method'];
  weights: StoredWeights;
  /** Modules of PyTorch's network in front of which something of it stands, by its name in `weights`. */
  places: Readonly<Record<string, string>>;
}

/** `adapter_config.json`, and tensors by the names in `adapter_model.safetensors`. */
export interface PeftAdapter {
  config: Readonly<Record<string, unknown>>;
  weights: StoredWeights;
}

/** What a run leaves: everything that the exports and a later import need. No picture is in it. */
export interface TunedModel {
  /** The data set's name: the title of the card and the name of the file. */
  title: string;
  task: TaskId;
  /** `config.json`, its `num_labels` that of the new head. */
  config: Readonly<Record<string, unknown>> & { architecture: string; num_labels: number };
  /** What makes its inputs: JSON texts by file name. */
  processorFiles: Readonly<Record<string, string>>;
  /** Labels of the new head; none where the model writes. */
  labels: readonly string[];
  /** Of the network that `config.json` describes: what a method added is merged into them, or is in `applied`. */
  weights: StoredWeights;
  /** What must be put on that network again: a method and its own weights. */
  applied?: Applied;
  /** What the method learned as an adapter of Python's `peft`; goes on this folder's model where there is `applied`. */
  peft?: PeftAdapter;
  /** Of a model that writes: how a question was put to it while it learned; `{question}` stands for it. */
  prompt?: string;
  /** The head that the model came with: frozen, kept beside the new one. Empty where it had none, or goes on. */
  pretrainedHead: Head;
  /** The model it was tuned from. */
  base: { id: string; shipped: boolean; licence: string; sha256: string };
  /** How the task is scored that the base model knew before, where its probes were looked at. */
  oldTask?: ProbeKind;
  /** The data that it is scored by, where it is a person's own and not the base model's probes. */
  oldTaskData?: string;
  settings: RunSettings;
  data: { name: string; classes: readonly ClassCounts[]; split: SplitSettings };
  training: {
    backend: string;
    adapter: string;
    finish: Finish;
    /** Of the kept weights. */
    epoch: number;
    step: number;
    seconds: number;
    trainable: number;
    total: number;
  };
  /** On the test set, of the kept weights. */
  test?: { examples: number; correct: number; loss: number };
  /** The same of a model that writes; `tokens` are those of the answers. */
  written?: {
    examples: number;
    tokens: number;
    loss: number;
    tokenAccuracy: number;
    answers: number;
    exactMatch: number;
    chrf: number;
  };
  history: readonly StepMetrics[];
  /** What was done to the run between its steps. */
  marks?: readonly RunMark[];
  /** Of tasks in sequence: the accuracy on each after each. */
  matrix?: RunMatrix | undefined;
  /** What was seen inside the network at its validations. */
  inside?: Inside | undefined;
}

/** What can be read back from an exported zip. */
export type ImportedModel = Omit<TunedModel, 'matrix' | 'test' | 'written' | 'history' | 'marks' | 'inside'> &
  Partial<Pick<TunedModel, 'test'>>;
