import type { ModelRef } from './model.ts';
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
}
export const SCHEDULES = ['constant', 'linear', 'cosine'] as const;
export type ScheduleId = (typeof SCHEDULES)[number];

export const MONITORS = ['validationLoss', 'validationAccuracy', 'loss', 'accuracy'] as const;
export type Monitor = (typeof MONITORS)[number];

/** What is done to training pictures or texts, drawn anew each epoch from (seed, epoch, example, name); never to validation or test. */
export interface Augmentation {
  /** With a chance of one half. */
  flipHorizontal: boolean;
  flipVertical: boolean;
  /** Random resized crop: the largest share of the area that may be cut away; 0 is off. */
  crop: number;
  /** Largest angle either way, in degrees. */
  rotate: number;
  /** Brightness, contrast and saturation are each multiplied by 1 - colour to 1 + colour; 0 is off. */
  colour: number;
  /** Chance that a rectangle is erased (Zhong et al. 2020). */
  erase: number;
  /** Alpha of the Beta distribution (Zhang et al. 2018); 0 is off. */
  mixup: number;
  /** Alpha of the Beta distribution (Yun et al. 2019); 0 is off. With mixup on too, each batch draws one of the two. */
  cutmix: number;
  /** Of texts, for each word (Wei and Zou 2019): the chance of another word of the same meaning, of changing places with another, of going. */
  synonyms: number;
  swap: number;
  deletion: number;
  /** With a cached prefix: how many augmented views of each training picture are kept, one for each epoch in turn. */
  views: number;
}

/** Whether anything is done to training pictures. */
export const augments = ({ views: _, ...changes }: Augmentation): boolean => Object.values(changes).some(Boolean);

/** How often each training picture goes through a frozen prefix that is cached: more views than epochs would be unused. */
export const cachedViews = ({ augmentation, epochs }: Pick<RunSettings, 'augmentation' | 'epochs'>): number =>
  augments(augmentation) ? Math.min(augmentation.views, epochs) : 1;

/** Training on a few examples of each class, drawn from the training split by (seed, draw). */
export interface FewShot {
  /** 0 trains on all. */
  examplesPerClass: number;
  draw: number;
}

export interface RunSettings {
  model: ModelRef;
  method: { id: string; options: OptionValues };
  /** Of the model's task: `TASK_METAS[task].options`. */
  task: OptionValues;
  epochs: number;
  batchSize: number;
  seed: number;
  optimizer: 'adamw' | 'sgd';
  learningRate: number;
  /** Decoupled (Loshchilov and Hutter 2019), for both optimizers; not on biases and normalisation. */
  weightDecay: number;
  /** SGD only. */
  momentum: number;
  schedule: ScheduleId;
  warmupSteps: number;
  labelSmoothing: number;
  classWeights: 'none' | 'balanced';
  /** Global norm; 0 switches clipping off. */
  clipNorm: number;
  /** Which statistics batch normalisation uses while it trains. */
  batchNorm: 'inference' | 'batch';
  /** Run a frozen prefix once and keep its output. */
  cachePrefix: boolean;
  augmentation: Augmentation;
  fewShot: FewShot;
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

/** One point of a curve. A step is an optimizer step; step 0 is the model before training. */
export interface StepMetrics {
  run: string;
  split: 'train' | 'validation';
  step: number;
  /** Fraction: step / steps per epoch. */
  epoch: number;
  /** Seconds of training since the run began, pauses left out. */
  seconds: number;
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
}

export type Finish = 'completed' | 'early-stopping' | 'stop-keep' | 'stop-discard' | 'failed' | 'lost';

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
  /** Frozen prefix output kept, in bytes, and where. */
  cache: { bytes: number; place: 'none' | 'device' | 'disk' };
  /** Operations that keep this run from repeating bit for bit on its backend. */
  unrepeatable: readonly string[];
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
  cache: { bytes: 0, place: 'none' },
  unrepeatable: [],
});

export type RunControl =
  | { kind: 'pause' }
  | { kind: 'resume' }
  | { kind: 'one-step' }
  | { kind: 'validate' }
  | { kind: 'stop-keep' }
  | { kind: 'stop-discard' };

/** What the model says to the settings' prompt, at a validation. */
export interface RunSample {
  run: string;
  step: number;
  epoch: number;
  prompt: string;
  text: string;
}
