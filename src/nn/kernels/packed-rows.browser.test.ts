import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packHalves, unpackHalves } from '../../lib/half.ts';
import { uniform } from '../../lib/random.ts';
import { startBackend, stopBackend } from '../backends/index.ts';
import { packed, takePacked } from '../halves.ts';
import { tensorCount } from '../memory.ts';
import { trainingBackend } from './backend.ts';

beforeAll(async () => {
  await startBackend('webgpu');
});
afterAll(stopBackend);

/** Values of every size, and those at which roundings differ. */
function valuesOf(count: number): Float32Array {
  const next = uniform(3);
  const edges = [0, -0, 1 + 2 ** -11, 1 + 3 * 2 ** -11, 2 ** -14 - 2 ** -26, 3 * 2 ** -25, 65519, 65520, -1e9, 6e-8];
  return Float32Array.from({ length: count }, (_, i) => edges[i] ?? (next() - 0.5) * 2 ** Math.floor(40 * next() - 24));
}

it.each([
  [1, 7],
  [17, 3],
  [40, 8],
  [300, 257],
  [5, 1],
])('halves of %i rows of %i are what the CPU makes of them, and rows of them come back', async (rows, each) => {
  expect(trainingBackend()).toBeDefined();
  const before = tensorCount();
  const values = valuesOf(rows * each);
  const words = await packed(tf.tensor2d(values, [rows, each]));
  const wanted = packHalves(values, each);
  expect(await words.data()).toEqual(wanted);
  const places = [0, rows - 1, rows >> 1, 0];
  const index = tf.tensor1d(places, 'int32');
  const taken = takePacked(words, index, each);
  expect(taken.shape).toEqual([4, each]);
  const all = new Float32Array(rows * each);
  unpackHalves(wanted, each, all);
  const expected = Float32Array.from(places.flatMap((row) => [...all.subarray(row * each, (row + 1) * each)]));
  expect(await taken.data()).toEqual(expected);
  tf.dispose([words, index, taken]);
  expect(tensorCount()).toBe(before);
});
