import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer.ts';

const ALPHA = 0.99;
const EPSILON = 1e-8;

/** RMSProp (Tieleman and Hinton 2012) as PyTorch has it: v = momentum * v + g / (sqrt(mean square) + epsilon). */
export const rmsprop: Optimizer = {
  slots: () => ['square_avg', 'momentum_buffer'],
  update({ learningRate, momentum }) {
    const rate = tf.scalar(learningRate);
    const inertia = tf.scalar(momentum);
    const [alpha, rest, epsilon] = [ALPHA, 1 - ALPHA, EPSILON].map((value) => tf.scalar(value));
    return (weight, gradient, [s, v]) => {
      const square = tf.add(tf.mul(s!, alpha!), tf.mul(tf.square(gradient), rest!));
      const step = tf.div(gradient, tf.add(tf.sqrt(square), epsilon!));
      const velocity = tf.add(tf.mul(v!, inertia), step);
      return { weight: tf.sub(weight, tf.mul(velocity, rate)), slots: [square, velocity] };
    };
  },
  inPlace: {
    name: 'rmsprop',
    numbers: ({ learningRate, momentum }) => [learningRate, momentum],
    code: `
      s0 = s0 * ${ALPHA} + g * g * ${1 - ALPHA};
      s1 = s1 * n.w + g / (sqrt(s0) + ${EPSILON});
      w -= n.z * s1;`,
  },
};
