import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { startWasm } from '../wasm.ts';

beforeAll(async () => {
  await startWasm();
});

it('is the same memory, which lives as long as one of both', async () => {
  const before = tf.memory();
  const x = tf.tensor1d([1, 2, 3]);
  const again = tf.clone(x);
  expect(tf.memory().numTensors).toBe(before.numTensors + 2);
  expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers + 1);
  x.dispose();
  const doubled = tf.mul(again, 2);
  expect([...(await again.data())]).toEqual([1, 2, 3]);
  expect([...(await doubled.data())]).toEqual([2, 4, 6]);
  tf.dispose([again, doubled]);
  expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
});

it('keeps a variable apart from what it was made of', async () => {
  const x = tf.tensor1d([1, 2]);
  const variable = tf.variable(x);
  variable.assign(tf.tensor1d([5, 6]));
  expect([...(await x.data())]).toEqual([1, 2]);
  expect([...(await variable.data())]).toEqual([5, 6]);
  tf.dispose([x, variable]);
});
