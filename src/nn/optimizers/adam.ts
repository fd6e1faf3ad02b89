import * as tf from '@tensorflow/tfjs-core';
import { adamw, hasAdamw } from '../backends/adamw.ts';
import { number } from './number.ts';
import { decays, type Optimizer } from './optimizer.ts';

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/**
 * Adam (Kingma and Ba 2015, algorithm 1), with PyTorch's place for epsilon. With decoupled decay it is AdamW (Loshchilov
 * and Hutter 2019, algorithm 2), and with L2 the Adam of PyTorch's `weight_decay`.
 */
export const adam: Optimizer = {
  slots: () => ['exp_avg', 'exp_avg_sq'],
  update({ step, learningRate }) {
    const t = step + 1;
    const rate = number(learningRate / (1 - BETA1 ** t));
    const correction = number(1 / Math.sqrt(1 - BETA2 ** t));
    const epsilon = number(EPSILON);
    const [beta1, rest1, beta2, rest2] = [BETA1, 1 - BETA1, BETA2, 1 - BETA2].map(number);
    return (weight, gradient, [m, v]) => {
      // of a large table every copy counts
      const mean = tf.tidy(() => tf.add(tf.mul(m!, beta1!), tf.mul(gradient, rest1!)));
      const square = tf.tidy(() => tf.add(tf.mul(v!, beta2!), tf.mul(tf.square(gradient), rest2!)));
      const direction = tf.tidy(() => tf.div(mean, tf.add(tf.mul(tf.sqrt(square), correction), epsilon)));
      return { weight: tf.sub(weight, tf.mul(direction, rate)), slots: [mean, square] };
    };
  },
  fused(context) {
    if (!hasAdamw()) return undefined;
    const { step, learningRate, weightDecay, l2 = 0 } = context;
    const numbers = {
      beta1: BETA1,
      beta2: BETA2,
      epsilon: EPSILON,
      rate: learningRate / (1 - BETA1 ** (step + 1)),
      correction: 1 / Math.sqrt(1 - BETA2 ** (step + 1)),
    };
    return (weight, gradient, [m, v], of) => {
      const decay = decays(of.spec) ? { keep: 1 - learningRate * weightDecay, l2 } : { keep: 1, l2: 0 };
      const [next, ...slots] = adamw(weight, gradient, [m!, v!], { ...numbers, ...decay });
      return { weight: next, slots };
    };
  },
  inPlace: {
    name: 'adam',
    numbers: ({ step, learningRate }) => [
      learningRate / (1 - BETA1 ** (step + 1)),
      1 / Math.sqrt(1 - BETA2 ** (step + 1)),
    ],
    code: `
      s0 = s0 * ${BETA1} + g * ${1 - BETA1};
      s1 = s1 * ${BETA2} + g * g * ${1 - BETA2};
      w -= n.z * (s0 / (sqrt(s1) * n.w + ${EPSILON}));`,
  },
};
