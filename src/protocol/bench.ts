/** What the bench asks of a worker that trains one way, and what comes back. */

export const BENCH_MODELS = ['mlp', 'digits-cnn', 'gpt-4l', 'minilm', 'efficientnet', 'gpt2'] as const;
export type BenchModel = (typeof BENCH_MODELS)[number];
/** `full`: what somebody fine-tunes on a GPU. `small`: the same layers, narrow, for a software adapter or a processor. */
export type BenchScale = 'small' | 'full';
export type BenchBackend = 'webgpu' | 'wasm' | 'webgl' | 'cpu';

/** Our engine, and TensorFlow.js as it is: its `model.fit`, and a loop with plain operations and its Adam. */
export type SiteContender = 'ours' | 'stock-fit' | 'stock-loop';

export interface BenchSetup<C extends string = SiteContender> {
  contender: C;
  backend: BenchBackend;
  model: BenchModel;
  scale: BenchScale;
}

export interface BenchAbout {
  /** The adapter's own words; the backend's name where there is none. */
  adapter: string;
  /** Version of TensorFlow.js, or of the peer. */
  version: string;
  /** Parameters that move. */
  parameters: number;
  /** Floating point operations of a step. */
  flops: number;
  /** Where a peer cannot be given the same network: in what it differs. Its losses are then not held against ours. */
  differs?: string;
}

export type BenchRequest<C extends string = SiteContender> =
  | { kind: 'start'; setup: BenchSetup<C> }
  /** The loss before each of so many steps. */
  | { kind: 'losses'; steps: number }
  /** So many steps, timed to the end of the device's work. */
  | { kind: 'block'; steps: number };

export type BenchResponse =
  | { kind: 'started'; about: BenchAbout }
  | { kind: 'losses'; losses: readonly number[] }
  /** `dispatches` of a step to a GPU; 0 where there is none. */
  | { kind: 'block'; ms: number; dispatches: number }
  | { kind: 'failed'; message: string };

/** Asks the worker or the process that a contender lives in; one question at a time. */
export type Ask = <C extends string>(request: BenchRequest<C>) => Promise<BenchResponse>;
