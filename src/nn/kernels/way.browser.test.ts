import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stopBackend } from '../backends/index.ts';
import { sample } from '../backends/testing.ts';
import { linear } from './linear.ts';
import { gapOf, startIn } from './testing.ts';
import { WAYS } from './way.ts';

const CLOSE = 1e-5;
const dense = (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor, transposed = false) =>
  tf.add(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D, false, transposed), b);

describe.each(WAYS)('linear layers, %s', (way) => {
  beforeAll(() => startIn(way));
  afterAll(stopBackend);

  it.each([
    ['odd sides', 35, 19, 45],
    ['one of each', 1, 1, 1],
    ['large tiles', 513, 33, 515],
  ])('with a bias and an activation: %s', async (_, rows, from, to) => {
    const gap = await gapOf(
      [sample([rows, from], 1), sample([from, to], 2), sample([to], 3)],
      (x, w, b) => linear(x!, { weights: [w!], biases: [b!], activation: 'relu6' }),
      (x, w, b) => tf.relu6(dense(x!, w!, b!)),
    );
    expect(gap).toBeLessThan(CLOSE);
  });

  it.each([false, true])('with three weights beside each other, transposed: %s', async (transposed) => {
    const shape = (to: number) => (transposed ? [20, to].reverse() : [20, to]);
    const beside = [shape(23), shape(7), shape(40), [23], [7], [40]].map((one, i) => sample(one, i + 2));
    const gap = await gapOf(
      [sample([39, 20], 1), ...beside],
      (x, ...all) => linear(x!, { weights: all.slice(0, 3), biases: all.slice(3), transposed }),
      (x, ...all) =>
        tf.concat(
          [0, 1, 2].map((i) => dense(x!, all[i]!, all[i + 3]!, transposed)),
          -1,
        ),
    );
    expect(gap).toBeLessThan(CLOSE);
  });

  it('with a low-rank pair and a residual', async () => {
    const gap = await gapOf(
      [[35, 19], [19, 45], [45], [19, 5], [5, 45], [35, 45]].map((shape, i) => sample(shape, i + 1)),
      (x, w, b, down, up, residual) =>
        linear(x!, { weights: [w!], biases: [b!], residual: residual!, lowRank: [{ a: down!, b: up!, scale: 0.7 }] }),
      (x, w, b, down, up, residual) => {
        const pair = tf.mul(tf.matMul(tf.matMul(x as tf.Tensor2D, down as tf.Tensor2D), up as tf.Tensor2D), 0.7);
        return tf.add(tf.add(dense(x!, w!, b!), pair), residual!);
      },
    );
    expect(gap).toBeLessThan(CLOSE);
  });
});
