import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackend, stopBackend } from '../backends/index.ts';
import { CHECKS, distance, TOLERANCE } from './cases.ts';

describe('on WebGPU', () => {
  beforeAll(async () => {
    expect((await startBackend('webgpu')).name).toBe('webgpu');
  });
  afterAll(stopBackend);

  it.each(CHECKS)('$name', async ({ run }) => {
    expect(tf.getBackend()).toBe('webgpu');
    expect(distance(await run())).toBeLessThan(TOLERANCE);
  });
});
