import type * as tf from '@tensorflow/tfjs-core';
import type { Values } from './core.ts';
import type { Input } from './input.ts';
import type { Network } from './network.ts';

/** A batch of a step before its forward pass. */
export interface TermBatch {
  network: Network;
  /** What moves. */
  moving: ReadonlySet<string>;
  /** The first stage that trains. */
  boundary: number;
  input: Input;
  /** Not the term's to dispose. */
  targets: Values<tf.Tensor>;
  /** What dropout is drawn from in this step. */
  random: { seed: number; step: number };
  /** Its place among the batches of the step. */
  part: number;
}

/** What a term adds to the loss of one batch. */
export interface TermOfBatch {
  /** Runs under the tape. `values`: all that the stages gave of the batch, and what the first of them was given. */
  value(values: Values<tf.Tensor>): tf.Scalar;
  /** What was made for the batch, to be disposed after it. */
  tensors: readonly tf.Tensor[];
}

/** Something that is minimised beside the task's own loss. The learner knows no particular one. */
export interface LossTerm {
  /** Called outside the tape, with the weights as they stand; undefined where it adds nothing to this batch. */
  begin(batch: TermBatch): TermOfBatch | undefined;
  dispose(): void;
}
