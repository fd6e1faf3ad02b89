import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { CASES } from './gradients.cases.ts';
import { startBackend } from './index.ts';
import { disagreement, sample } from './testing.ts';

it('WebAssembly computes rightly on one thread, from the bundled binary', async () => {
  Object.defineProperty(navigator, 'hardwareConcurrency', { value: 1 });
  const info = await startBackend('wasm');
  expect(info).toMatchObject({ name: 'wasm', threads: 1, reasons: [] });
  expect(tf.getBackend()).toBe('wasm');
  for (const { name, shapes, loss } of CASES) {
    const inputs = shapes.map((shape, i) => sample(shape, i + 1));
    expect(await disagreement('wasm', inputs, (...x) => tf.grads(loss)(x)), name).toBeLessThan(1e-5);
  }
});
