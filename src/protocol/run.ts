import type { Augmentation } from './augmentation.ts';
import type { ModelRef, ProbeKind } from './model.ts';
import type { OptionValues } from './options.ts';
import type { Problem } from './problems.ts';

export interface EarlyStopping {
  enabled: boolean;
  /** Names and meanings are Keras's. */
  monitor: Monitor;
  /** `auto` reads the direction off the monitor. */
  mode: 'auto' | 'min' | 'max';
  patience: number;
  minDelta: number;
  startFromEpoch: number;
  restoreBest: boolean;
  act: (typeof STOPPING_ACTS)[number];
}

/** What a run's weights begin as: the model's own, or the same architecture's drawn at random from the seed. */
export const STARTS = ['pretrained', 'scratch'] as const;
export type Start = (typeof STARTS)[number];

/** What early stopping does when its patience is used up: it ends the run, or leaves a mark and lets it go on. */
export const STOPPING_ACTS = ['stop', 'mark'] as const;

export const OPTIMIZERS = ['adamw', 'adam', 'sgd', 'rmsprop', 'lion', 'muon'] as const;
export type OptimizerId = (typeof OPTIMIZERS)[number];

export const SCHEDULES = [
  'constant',
  'linear',
  'cosine',
  'cosine-restarts',
  'polynomial',
  'step',
  'exponential',
  'one-cycle',
  'inverse-sqrt',
  'plateau',
] as const;
export type ScheduleId = (typeof SCHEDULES)[number];

export const MONITORS = ['validationLoss', 'validationAccuracy', 'loss', 'accuracy'] as const;
export type Monitor = (typeof MONITORS)[number];

/** Training on a few examples of each class, drawn from the training split by (seed, draw). */
export interface FewShot {
  /** 0 trains on all. */
  examplesPerClass: number;
  draw: number;
  /** Of the training examples of each class; 1 is all. A smaller share of the same draw is a part of a larger one. */
  share: number;
}

/** Whether, and how often, the task that the model knew before is looked at while it learns another. */
export interface OldTask {
  watch: boolean;
  /** Every so many epochs, by all probes; 0 has both chosen so that it takes less than a tenth of the run. */
  every: number;
}

/** What holds on to the old task while another is learned, as terms of the loss beside the task's own. */
export const CURES = ['replay', 'l2sp', 'ewc', 'lwf'] as const;
export type CureId = (typeof CURES)[number];
/** How strong each is; 0 is off. */
export type Cures = Record<CureId, number>;

/** How many of so many examples of a class a run trains on: at least one of what is there. */
export const examplesTaken = (of: number, { examplesPerClass, share }: FewShot): number =>
  Math.min(of, examplesPerClass || of, Math.max(1, Math.round(share * of)));

export interface RunSettings {
  model: ModelRef;
  start: Start;
  method: { id: string; options: OptionValues };
  /** Of the model's task: `TASK_METAS[task].options`. */
  task: OptionValues;
  epochs: number;
  batchSize: number;
  seed: number;
  /** Batches whose gradients are summed to one optimizer step. */
  accumulate: number;
  optimizer: OptimizerId;
  learningRate: number;
  /** Decoupled (Loshchilov and Hutter 2019), for every optimizer; not on biases and normalisation. */
  weightDecay: number;
  /** Added to the gradient as l2 * weight, which is what PyTorch's `weight_decay` of SGD and Adam is; on the same weights. */
  l2: number;
  /** SGD, RMSProp and Muon. */
  momentum: number;
  schedule: ScheduleId;
  warmupSteps: number;
  /** Of the schedules that `TRAINING_OPTIONS` names beside them. */
  cycles: number;
  power: number;
  gamma: number;
  stepEpochs: number;
  plateauPatience: number;
  /** Share of activations that training drops: 0 is the model's own, more holds wherever the model drops and before its head. */
  dropout: number;
  /** Chance that the last residual branch is dropped, of an example (Huang et al. 2016); earlier ones linearly less. */
  stochasticDepth: number;
  labelSmoothing: number;
  classWeights: 'none' | 'balanced';
  /** Global norm; 0 switches clipping off. */
  clipNorm: number;
  /** Which statistics batch normalisation uses while it trains. */
  batchNorm: 'inference' | 'batch';
  /** Run a frozen prefix once and keep its output. */
  cachePrefix: boolean;
  /** Keep that output in half precision: half of the bytes, each value rounded to 11 bits. */
  halfPrecisionCache: boolean;
  /** Keep what goes into each stage alone and run it again for its gradient (Chen et al. 2016): less memory, more time. */
  gradientCheckpointing: boolean;
  /** Look inside the network at validations: weights, gradients, silent units and a map of the embedding. Changes nothing. */
  inside: boolean;
  augmentation: Augmentation;
  fewShot: FewShot;
  oldTask: OldTask;
  cures: Cures;
  /** The classes are learned in so many tasks, one after the other; 1 learns all at once. */
  tasks: number;
  earlyStopping: EarlyStopping;
}

export type RunPhase =
  | 'idle'
  | 'preparing'
  | 'running'
  | 'paused'
  | 'finishing'
  | 'done'
  | 'stopped'
  | 'failed'
  | 'lost';
export const isOver = (phase: RunPhase): boolean =>
  phase === 'done' || phase === 'stopped' || phase === 'failed' || phase === 'lost';

/**
 * What a run's curves are measured on: its training examples as they come, its validation set, and the task that the model
 * knew before, by a fixed set of probes through the head that it came with.
 */
export const CURVES = ['train', 'validation', 'old'] as const;
export type CurveId = (typeof CURVES)[number];

/** One point of a curve. A step is an optimizer step; step 0 is the model before training. */
export interface StepMetrics {
  run: string;
  split: CurveId;
  step: number;
  /** Fraction: step / steps per epoch. */
  epoch: number;
  /** Seconds of training since the run began, pauses left out. */
  seconds: number;
  /** The task's own, without what cures add. Of the old task: see `ProbeKind`. */
  loss: number;
  /**
   * Share of right answers; where text is generated, of right next tokens. Where mixup or cutmix is on, a training answer
   * is right when it names the label with the greater share.
   */
  accuracy: number;
  /** Examples, or tokens of answers, that the figures are a mean over. */
  examples: number;
  /** Training points only. */
  learningRate?: number;
  /** Training points only: what cures of forgetting add to the loss that is minimised; absent where there are none. */
  penalty?: number;
}

/** `halted`: it was to go no further for now, and can be taken up. */
export type Finish = 'completed' | 'early-stopping' | 'halted' | 'stop-keep' | 'stop-discard' | 'failed' | 'lost';

/** Everything about a run that changes while it runs, curves apart; each event replaces the last. */
export interface RunStatus {
  run: string;
  phase: RunPhase;
  /** Set once it is over. */
  finish?: Finish;
  problem?: Problem;
  backend: string;
  step: number;
  totalSteps: number;
  stepsPerEpoch: number;
  epoch: number;
  epochs: number;
  /** Done and total of what `preparing` works on: examples through the frozen prefix. */
  prepared: { done: number; total: number };
  best?: { epoch: number; step: number; monitor: Monitor; value: number };
  /** Epochs without improvement so far. */
  wait: number;
  examplesPerSecond: number;
  stepMs: number;
  secondsLeft: number;
  /** The allocator's count of live bytes on the device. */
  memoryBytes: number;
  /** The most that the run itself held at once: without networks that answer about other runs. */
  peakBytes: number;
  /** Of what trains: its gradients, and the optimizer's state, as they are on the device. */
  gradientBytes: number;
  optimizerBytes: number;
  /** Weights that move now. */
  trainable: number;
  /** Frozen prefix output kept, in bytes, and where. */
  cache: { bytes: number; place: 'none' | 'device' | 'disk' };
  /** Operations that keep this run from repeating bit for bit on its backend. */
  unrepeatable: readonly string[];
  /** The data of a person's own that its old task is scored by, and how; absent where the model's probes are. */
  probes?: { name: string; kind: ProbeKind };
}

/** What a run's status says before its first event. */
export const emptyStatus = (run: string, epochs: number, backend: string): RunStatus => ({
  run,
  phase: 'preparing',
  backend,
  step: 0,
  totalSteps: 0,
  stepsPerEpoch: 0,
  epoch: 0,
  epochs,
  prepared: { done: 0, total: 0 },
  wait: 0,
  examplesPerSecond: 0,
  stepMs: 0,
  secondsLeft: 0,
  memoryBytes: 0,
  peakBytes: 0,
  gradientBytes: 0,
  optimizerBytes: 0,
  trainable: 0,
  cache: { bytes: 0, place: 'none' },
  unrepeatable: [],
});

/** What the model says to the settings' prompt, at a validation. */
export interface RunSample {
  run: string;
  step: number;
  epoch: number;
  prompt: string;
  text: string;
}

/** Accuracy on each of a sequence of tasks after each: `rows[i].accuracy[j]` is that on task j after task i. */
export interface RunMatrix {
  /** Names of the classes of each, in the order in which they are learned. */
  tasks: readonly (readonly string[])[];
  /** Validation examples of each. */
  examples: readonly number[];
  /** Of the tasks that were learned so far. */
  rows: readonly { step: number; epoch: number; accuracy: readonly number[] }[];
}

/** A task more was learned; the matrix is the whole of it. */
export type MatrixEvent = { kind: 'matrix'; run: string; matrix: RunMatrix };

/** What a learning-rate range test found (Smith 2017, section 3.3). */
export interface RangeTest {
  /** In the order of the steps. */
  points: readonly { learningRate: number; loss: number }[];
  /** Undefined where the loss never fell. */
  suggestion: number | undefined;
}
