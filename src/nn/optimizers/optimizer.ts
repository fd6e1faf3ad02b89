import type * as tf from '@tensorflow/tfjs-core';

/** What one update needs besides weights and gradients; numbers of one step, shared by all weights. */
export interface UpdateContext {
  /** Optimizer steps before this one. */
  step: number;
  learningRate: number;
  /** Decoupled: the share of the weight that a learning rate of 1 would remove. */
  weightDecay: number;
  momentum: number;
}

/**
 * An optimizer as a pure function of weight, gradient and state. `slots` names the state tensors of a weight, which
 * begin at zero and have its shape.
 */
export interface Optimizer {
  slots: readonly string[];
  /** Returns the next weight and the next slots, in the order of `slots`. Runs inside a tidy. */
  update(
    context: UpdateContext,
  ): (
    weight: tf.Tensor,
    gradient: tf.Tensor,
    slots: readonly tf.Tensor[],
    decays: boolean,
  ) => { weight: tf.Tensor; slots: tf.Tensor[] };
}
