import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer.ts';

/** Stochastic gradient descent with momentum as PyTorch has it: v = momentum * v + g, w = w - rate * v. */
export const sgd: Optimizer = {
  slots: () => ['momentum_buffer'],
  update({ learningRate, momentum }) {
    const rate = tf.scalar(learningRate);
    const inertia = tf.scalar(momentum);
    return (weight, gradient, [v]) => {
      const velocity = tf.add(tf.mul(v!, inertia), gradient);
      return { weight: tf.sub(weight, tf.mul(velocity, rate)), slots: [velocity] };
    };
  },
  inPlace: {
    name: 'sgd',
    numbers: ({ learningRate, momentum }) => [learningRate, momentum],
    code: `
      s0 = s0 * n.w + g;
      w -= n.z * s0;`,
  },
};
