import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { CASES } from './gradients.cases.ts';
import { startBackend } from './index.ts';
import { disagreement, sample } from './testing.ts';

it('WebAssembly computes rightly on four threads and shared memory', async () => {
  expect(crossOriginIsolated).toBe(true);
  // The backend takes half of the logical cores; the machine that runs the test may have two only.
  Object.defineProperty(navigator, 'hardwareConcurrency', { value: 8 });
  expect((await startBackend('wasm')).threads).toBe(4);
  for (const { name, shapes, loss } of CASES) {
    const inputs = shapes.map((shape, i) => sample(shape, i + 1));
    expect(await disagreement('wasm', inputs, (...x) => tf.grads(loss)(x)), name).toBeLessThan(1e-5);
  }
  const wide = [sample([70, 33], 1), sample([70, 90], 2)];
  const compute = (a: tf.Tensor, b: tf.Tensor): tf.Tensor[] => [
    tf.matMul(a, b, true, false),
    tf.matMul(tf.transpose(b), a, false, false),
    tf.matMul(b, tf.transpose(a), true, true),
    tf.matMul(tf.transpose(a), tf.transpose(b), false, true),
  ];
  expect(await disagreement('wasm', wide, compute)).toBeLessThan(1e-5);
});
