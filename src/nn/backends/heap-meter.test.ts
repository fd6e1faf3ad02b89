import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { memoryBytes, takePeak } from '../memory.ts';
import { heap } from './heap-meter.ts';
import { startBackend } from './index.ts';

beforeAll(async () => {
  await startBackend('wasm');
});

it('memory is counted once however many tensors share it, and the most at once is remembered', () => {
  const before = memoryBytes();
  takePeak();
  const x = tf.zeros([100, 10]);
  const same = [tf.clone(x), tf.reshape(x, [1000])];
  expect(memoryBytes() - before).toBe(4000);
  tf.add(x, 1).dispose();
  expect(takePeak() - before).toBeGreaterThanOrEqual(8000);
  x.dispose();
  expect(memoryBytes() - before).toBe(4000);
  tf.dispose(same);
  expect(memoryBytes()).toBe(before);
});

it('a heap that is full says so, and goes on with what it has', async () => {
  const before = heap.bytes;
  const backend = tf.backend() as BackendWasm;
  // just below what 32 bits address, beside what is there already
  expect(() => backend.makeOutput([2 ** 30 - 1], 'float32')).toThrow(/^out-of-memory/);
  expect(heap.bytes).toBe(before);
  const sum = tf.sum(tf.ones([100]));
  expect((await sum.data())[0]).toBe(100);
});
