import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer.ts';

/**
 * Stochastic gradient descent with momentum as PyTorch has it, v = momentum * v + g, w = w - rate * v, and decoupled
 * weight decay (SGDW: Loshchilov and Hutter 2019, algorithm 1).
 */
export const sgd: Optimizer = {
  slots: ['momentum_buffer'],
  update({ learningRate, weightDecay, momentum }) {
    const keep = tf.scalar(1 - learningRate * weightDecay);
    const rate = tf.scalar(learningRate);
    const inertia = tf.scalar(momentum);
    return (weight, gradient, [v], decays) => {
      const velocity = tf.add(tf.mul(v!, inertia), gradient);
      const start = decays && weightDecay > 0 ? tf.mul(weight, keep) : weight;
      return { weight: tf.sub(start, tf.mul(velocity, rate)), slots: [velocity] };
    };
  },
};
