import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer.ts';

const BETA1 = 0.9;
const BETA2 = 0.99;

/** Not every backend has a kernel for it; 0 stays 0. */
const sign = (x: tf.Tensor): tf.Tensor =>
  tf.sub(tf.cast(tf.greater(x, 0), 'float32'), tf.cast(tf.less(x, 0), 'float32'));

/** Lion (Chen et al. 2023, algorithm 2): every entry moves by the learning rate, in the sign of a mean gradient. */
export const lion: Optimizer = {
  slots: () => ['exp_avg'],
  update({ learningRate }) {
    const rate = tf.scalar(learningRate);
    const [beta1, rest1, beta2, rest2] = [BETA1, 1 - BETA1, BETA2, 1 - BETA2].map((b) => tf.scalar(b));
    return (weight, gradient, [m]) => {
      const direction = sign(tf.add(tf.mul(m!, beta1!), tf.mul(gradient, rest1!)));
      const mean = tf.add(tf.mul(m!, beta2!), tf.mul(gradient, rest2!));
      return { weight: tf.sub(weight, tf.mul(direction, rate)), slots: [mean] };
    };
  },
  inPlace: {
    name: 'lion',
    numbers: ({ learningRate }) => [learningRate],
    code: `
      w -= n.z * sign(s0 * ${BETA1} + g * ${1 - BETA1});
      s0 = s0 * ${BETA2} + g * ${1 - BETA2};`,
  },
};
