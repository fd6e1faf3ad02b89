/** One update of AdamW in one pass over memory, for a backend that has the kernel. */
import * as tf from '@tensorflow/tfjs-core';

/** (weight, gradient, mean, square) -> the next weight, mean and square; the attributes are `AdamwNumbers`. */
export const ADAMW = 'AdamW';

export interface AdamwNumbers {
  beta1: number;
  beta2: number;
  epsilon: number;
  /** The learning rate over 1 - beta1^t, and 1 over √(1 - beta2^t). */
  rate: number;
  correction: number;
  /** What is left of the weight before it moves, and the share of it that joins its gradient. */
  keep: number;
  l2: number;
}

/** Whether the current backend has the kernel; without it the rule is composed (`optimizers/adam.ts`). */
export const hasAdamw = (): boolean => tf.getKernel(ADAMW, tf.getBackend()) !== undefined;

export function adamw(
  weight: tf.Tensor,
  gradient: tf.Tensor,
  [mean, square]: readonly [tf.Tensor, tf.Tensor],
  numbers: AdamwNumbers,
): [weight: tf.Tensor, mean: tf.Tensor, square: tf.Tensor] {
  return tf.engine().runKernel(ADAMW, { weight, gradient, mean, square }, { ...numbers });
}
