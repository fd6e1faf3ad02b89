import { afterAll, beforeAll, describe } from 'vitest';
import { startBackend, stopBackend } from './backends/index.ts';
import { itObserves } from './observe.cases.ts';

describe('an observer on WebGPU', () => {
  beforeAll(async () => {
    await startBackend('webgpu');
  });
  afterAll(stopBackend);

  itObserves();
});
