import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBackend, stopBackend } from '../backends/index.ts';
import { sample } from '../backends/testing.ts';
import { maskedMean } from './masked-mean.ts';
import { pixelMean } from './pixel-mean.ts';
import { gapOf } from './testing.ts';

beforeAll(async () => {
  await startBackend('webgpu');
});
afterAll(stopBackend);

it.each([[[2, 5, 3, 7]], [[3, 1, 1, 65]]])('the mean over the pixels of %j', async (shape) => {
  const gap = await gapOf(
    [sample(shape)],
    (x) => pixelMean(x as tf.Tensor4D),
    (x) => tf.mean(x!, [1, 2]),
  );
  expect(gap).toBeLessThan(1e-5);
});

it('the mean over the tokens that a mask lets through', async () => {
  const mask = () => tf.tensor2d([1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0], [3, 5], 'int32');
  const gap = await gapOf(
    [sample([3, 5, 67])],
    (x) => maskedMean(x!, mask()),
    (x) => {
      const keep = tf.expandDims(tf.cast(mask(), 'float32'), 2);
      return tf.div(tf.sum(tf.mul(x!, keep), 1), tf.maximum(tf.sum(keep, 1), 1e-9));
    },
  );
  expect(gap).toBeLessThan(1e-5);
});
