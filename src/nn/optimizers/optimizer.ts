import * as tf from '@tensorflow/tfjs-core';
import type { WeightSpec } from '../core.ts';
import { number } from './number.ts';

/** What one update needs besides weights and gradients; numbers of one step, shared by all weights that have them. */
export interface UpdateContext {
  /** Updates of the weight before this one. */
  step: number;
  learningRate: number;
  /** Decoupled: the share of the weight that a learning rate of 1 would remove. */
  weightDecay: number;
  momentum: number;
  /** Of the weight, added to its gradient. */
  l2?: number;
}

/** What a rule may know of the weight that it moves. */
export interface MovedWeight {
  spec: WeightSpec;
  /** Of the last stage alone. */
  head: boolean;
}

type Update = (
  weight: tf.Tensor,
  gradient: tf.Tensor,
  slots: readonly tf.Tensor[],
  of: MovedWeight,
) => { weight: tf.Tensor; slots: tf.Tensor[] };

/**
 * A rule as a WebGPU kernel has it, which moves weights where they lie. `code` is WGSL on four entries at a time: it sets
 * `w`, decayed already, and the slots `s0`, `s1`, in the order of `slots`, by the gradient `g`. `n.z` and `n.w` are its
 * `numbers`, computed once for all weights that have them in common.
 */
export interface InPlaceRule {
  name: string;
  numbers(context: UpdateContext): readonly number[];
  code: string;
}

/** An optimizer's rule as a pure function of weight, gradient and state, without decay. */
export interface Optimizer {
  /** Names of the state tensors of a weight, which begin at zero and have its shape; PyTorch's names. */
  slots(of: MovedWeight): readonly string[];
  /** Returns the next weight and the next slots, in the order of `slots`. Runs inside a tidy. */
  update(context: UpdateContext): Update;
  /** The same rule with its decay in one kernel, where the current backend has one. */
  fused?(context: UpdateContext): Update | undefined;
  /** The same rule in place; absent where it looks at more than an entry at a time. */
  inPlace?: InPlaceRule;
}

/** Decay is for kernels and tables: not for biases and normalisation. */
export const decays = ({ role }: WeightSpec): boolean => role === 'kernel' || role === 'table';

/**
 * A rule with both kinds of decay, as PyTorch orders them: L2 joins the gradient, and decoupled decay (Loshchilov and
 * Hutter 2019) shrinks the weight by rate * decay before the rule moves it.
 */
export function updateOf(optimizer: Optimizer, context: UpdateContext): Update {
  const fused = optimizer.fused?.(context);
  if (fused) return fused;
  const { learningRate, weightDecay, l2 = 0 } = context;
  const rule = optimizer.update(context);
  const keep = number(1 - learningRate * weightDecay);
  const pull = number(l2);
  return (weight, gradient, slots, of) => {
    if (!decays(of.spec)) return rule(weight, gradient, slots, of);
    const whole = l2 > 0 ? tf.add(gradient, tf.mul(weight, pull)) : gradient;
    return rule(weightDecay > 0 ? tf.mul(weight, keep) : weight, whole, slots, of);
  };
}
