/** Where a training step's time goes. */

/** What kernels are there for, in words that a lesson has. */
export const KERNEL_GROUPS = [
  'product',
  'convolution',
  'attention',
  'norm',
  'elementwise',
  'embedding',
  'loss',
  'optimizer',
  'other',
] as const;
export type KernelGroup = (typeof KERNEL_GROUPS)[number];

/** One kernel or operation, over a whole step. */
export interface KernelShare {
  kernel: string;
  group: KernelGroup;
  /** How often it is started in a step. */
  count: number;
  /** Undefined where nothing times it. */
  ms: number | undefined;
}

/**
 * Whose clock the kernels' times are by: the device's own (`timestamp-query`), or the processor's, on which operations are
 * done one after the other; `none` where a device has no clock that the page may read.
 */
export type KernelClock = 'device' | 'processor' | 'none';

/** A few steps of a run, measured; times and counts are means of one step. */
export interface StepProfile {
  run: string;
  /** Steps of the run itself, or of the same settings on weights that were thrown away. */
  inPlace: boolean;
  backend: { name: string; adapter: string; software: boolean; threads: number };
  /** Steps that were timed as they always go, and those in which each kernel was timed; of both the quicker half counts. */
  steps: { plain: number; timed: number };
  examples: number;
  /** Of texts, padding included; undefined where examples are none. */
  tokens: number | undefined;
  /** By the clock on the wall, as steps always go. */
  stepMs: number;
  /** Of that: until the batch was there, and until the step was handed over (on WASM, computed). */
  batchMs: number;
  javascriptMs: number;
  clock: KernelClock;
  /** The longest first. */
  kernels: readonly KernelShare[];
  /** Counted from the architecture: matrix products and convolutions, a multiply-add being two. */
  flops: { forward: number; backward: number };
  /** Whether cures compute beside it, which is not counted. */
  uncounted: boolean;
  /** The best matrix product of this size that this device did, in single precision. */
  peak: { side: number; flopsPerSecond: number };
  bytes: {
    weights: number;
    gradients: number;
    optimizer: number;
    cache: number;
    /** The most that the run held at once. */
    peak: number;
    /** Handed to the device for a step. */
    batch: number;
  };
}

/** Of so many steps, those that count. */
export const quickerHalf = (steps: number): number => Math.ceil(steps / 2);
