import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { startBackend } from './index.ts';

it('WebAssembly computes in an isolated page, with the threads that it reports', async () => {
  const info = await startBackend('wasm');
  console.warn('THREADS', info.threads, crossOriginIsolated, navigator.hardwareConcurrency);
  expect(tf.getBackend()).toBe('wasm');
  expect(Array.from(await tf.matMul(tf.ones([2, 3]), tf.ones([3, 1])).data())).toEqual([3, 3]);
  expect(Array.from(await tf.matMul(tf.ones([3, 2]), tf.ones([3, 1]), true).data())).toEqual([3, 3]);
});
