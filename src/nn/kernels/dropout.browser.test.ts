import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackend, stopBackend } from '../backends/index.ts';
import { sample } from '../backends/testing.ts';
import { Constants, runPrims } from '../run.ts';
import { dropout } from './dropout.ts';
import { dropoutMask } from './random.ts';
import { dispatchesOf, gapOf } from './testing.ts';

beforeAll(async () => {
  await startBackend('webgpu');
});
afterAll(stopBackend);

describe('dropout', () => {
  it('drops the same bits in WGSL and in TypeScript', async () => {
    const [seed, rate] = [4_000_000_007, 0.3];
    const y = dropout(tf.ones([70_001]), { name: 'bits', rate, seed, together: 1 });
    expect(await y.data()).toEqual(dropoutMask(70_001, rate, seed));
    y.dispose();
  });

  it.each(['entries', 'examples'] as const)('of %s agrees with other backends, back too', async (of) => {
    const constants = new Constants();
    const drop = (x: tf.Tensor, step = 3) =>
      runPrims({ weight: () => x, constants, random: { seed: 42, step } }).dropout('here', x, 0.4, of);
    const twice = (x: tf.Tensor) => [drop(x), drop(x, 4)];
    expect(
      await gapOf(
        [sample([9, 5, 7])],
        (x) => twice(x!),
        (x) => twice(x!),
      ),
    ).toBe(0);
  });

  it('takes a dispatch, and none where nothing is dropped', () => {
    const constants = new Constants();
    const x = tf.ones([3, 4]);
    const prims = runPrims({ weight: () => x, constants, random: { seed: 42, step: 3 } });
    expect(dispatchesOf(() => prims.dropout('a', x, 0.5).dispose())).toEqual(['dropout']);
    expect(prims.dropout('a', x, 0)).toBe(x);
    expect(runPrims({ weight: () => x, constants }).dropout('a', x, 0.5)).toBe(x);
    x.dispose();
  });
});
