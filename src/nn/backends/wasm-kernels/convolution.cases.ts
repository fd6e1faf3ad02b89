/** Convolutions of odd shapes, whose outputs and gradients the tests compare with the CPU. */
import * as tf from '@tensorflow/tfjs-core';
import { weigh } from '../testing.ts';

export type Pad = 'same' | 'valid' | number | [[0, 0], [number, number], [number, number], [0, 0]];

const uneven: Pad = [
  [0, 0],
  [1, 2],
  [0, 1],
  [0, 0],
];

/** Gradients by both operands, of a weighted sum so that dy is not uniform. */
export function gradients(f: (x: tf.Tensor4D, w: tf.Tensor4D) => tf.Tensor) {
  return (x: tf.Tensor, w: tf.Tensor): tf.Tensor[] =>
    tf.grads((a, b) => weigh(f(a as tf.Tensor4D, b as tf.Tensor4D)))([x, w]);
}

export const CONVOLUTIONS: [number[], number[], number | [number, number], Pad][] = [
  [[2, 7, 5, 3], [3, 3, 3, 5], 1, 'same'],
  [[2, 7, 5, 3], [3, 3, 3, 5], 2, 'same'],
  [[1, 8, 9, 5], [3, 3, 5, 9], 2, 'valid'],
  [[2, 9, 7, 1], [5, 3, 1, 8], 1, 'valid'],
  [[2, 6, 6, 3], [1, 1, 3, 7], 1, 'same'],
  [[2, 7, 6, 3], [1, 1, 3, 7], 2, 'same'],
  [[1, 6, 8, 4], [2, 2, 4, 3], 1, 'same'],
  [[1, 9, 9, 2], [5, 5, 2, 3], [2, 1], 'same'],
  [[1, 6, 7, 3], [3, 3, 3, 4], 1, 1],
  [[1, 6, 7, 3], [3, 3, 3, 4], 2, uneven],
  [[1, 6, 7, 3], [3, 3, 3, 4], 1, uneven],
  [[1, 7, 7, 2], [2, 2, 2, 3], 3, 'valid'],
  [[1, 4, 5, 2], [2, 2, 2, 3], 1, 3],
];

export const DEPTHWISE: [number[], number[], number | [number, number], Pad, number][] = [
  [[2, 7, 5, 3], [3, 3, 3, 1], 1, 'same', 1],
  [[2, 7, 5, 21], [3, 3, 21, 1], 2, 'same', 1],
  [[1, 8, 9, 5], [5, 5, 5, 1], 2, 'same', 1],
  [[1, 8, 9, 5], [5, 5, 5, 1], 1, 'valid', 1],
  [[2, 9, 7, 1], [3, 3, 1, 1], 2, 'valid', 1],
  [[2, 6, 7, 3], [3, 3, 3, 2], 1, 'same', 1],
  [[2, 7, 6, 3], [3, 3, 3, 2], 2, 'same', 1],
  [[1, 7, 6, 5], [3, 3, 5, 1], 1, uneven, 1],
  [[1, 7, 6, 5], [3, 3, 5, 1], 2, uneven, 1],
  // images that are smaller than the window
  [[2, 2, 2, 3], [5, 5, 3, 1], [2, 2], 'same', 1],
  [[1, 1, 1, 5], [3, 3, 5, 1], [1, 1], 'same', 1],
];
