import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBackend, stopBackend } from '../backends/index.ts';
import { sample } from '../backends/testing.ts';
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
