import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe } from 'vitest';
import { startBackend } from './backends/index.ts';
import { itObserves } from './observe.cases.ts';

beforeAll(async () => {
  await startBackend('wasm');
});

describe.each(['wasm', 'cpu'])('an observer on %s', (backend) => {
  beforeEach(async () => {
    await tf.setBackend(backend);
  });

  itObserves();
});
