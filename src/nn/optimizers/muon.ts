import * as tf from '@tensorflow/tfjs-core';
import type { WeightSpec } from '../core.ts';
import { adam } from './adam.ts';
import { number } from './number.ts';
import type { MovedWeight, Optimizer } from './optimizer.ts';

/** Of the quintic iteration (Jordan 2024). */
const COEFFICIENTS = [3.4445, -4.775, 2.0315] as const;
const ITERATIONS = 5;
const EPSILON = 1e-7;

/** Kernels of hidden layers; embedding tables, heads, biases and normalisation move by Adam. */
const isMatrix = ({ spec, head }: MovedWeight): boolean => spec.role === 'kernel' && !head && spec.shape.length > 1;

/** A kernel as a matrix [rows, columns]: of a convolution [h * w * in, out], of a depthwise one [h * w, channels]. */
function matrixShape({ shape, stored }: WeightSpec): [number, number] {
  const columns = stored === 'oihw-depthwise' ? shape.at(-2)! : shape.at(-1)!;
  return [shape.reduce((size, dim) => size * dim, 1) / columns, columns];
}

/** Newton and Schulz's iteration to the nearest matrix whose singular values are all near 1. */
function orthogonal(matrix: tf.Tensor2D, [a, b, c, epsilon]: readonly tf.Scalar[]): tf.Tensor2D {
  const tall = matrix.shape[0] > matrix.shape[1];
  const wide = tall ? tf.transpose(matrix) : matrix;
  let x: tf.Tensor2D = tf.div(wide, tf.add(tf.norm(wide), epsilon!));
  const closer = (from: tf.Tensor2D): tf.Tensor2D => {
    const square = tf.matMul(from, from, false, true);
    const mixed = tf.add(tf.mul(square, b!), tf.mul(tf.matMul(square, square), c!));
    return tf.add(tf.mul(from, a!), tf.matMul(mixed as tf.Tensor2D, from));
  };
  for (let i = 0; i < ITERATIONS; i++) {
    const next = tf.tidy(() => closer(x));
    if (x !== wide) x.dispose();
    x = next;
  }
  return tall ? tf.transpose(x) : x;
}

/**
 * Muon (Jordan 2024) with Nesterov momentum. Its update has the size of AdamW's, 0.2 sqrt(max(rows, columns)) (Liu et al.
 * 2025, equation 4), so that what is no matrix moves by Adam at the same learning rate.
 */
export const muon: Optimizer = {
  slots: (of) => (isMatrix(of) ? ['momentum_buffer'] : adam.slots(of)),
  update(context) {
    const byAdam = adam.update(context);
    const [momentum, rest] = [context.momentum, 1 - context.momentum].map(number);
    const numbers = [...COEFFICIENTS, EPSILON].map(number);
    return (weight, gradient, slots, of) => {
      if (!isMatrix(of)) return byAdam(weight, gradient, slots, of);
      const buffer = tf.add(tf.mul(slots[0]!, momentum!), tf.mul(gradient, rest!));
      const ahead = tf.add(tf.mul(gradient, rest!), tf.mul(buffer, momentum!));
      const shape = matrixShape(of.spec);
      const direction = tf.reshape(orthogonal(tf.reshape(ahead, shape), numbers), weight.shape);
      const rate = number(context.learningRate * 0.2 * Math.sqrt(Math.max(...shape)));
      return { weight: tf.sub(weight, tf.mul(direction, rate)), slots: [buffer] };
    };
  },
};
