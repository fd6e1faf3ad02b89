import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ArchitectureId } from '../models/metas.ts';
import { startBackend } from '../nn/backends/index.ts';
import { memoryBytes, takePeak } from '../nn/memory.ts';
import { profile } from '../nn/profile.ts';
import { answerBytes, type StepOptions, trainingBytes } from '../nn/step-memory/index.ts';
import { SIZES, type TinyCase, tinyExamples, tinyLearner } from './testing/tiny-learner.ts';

const FULL = { id: 'full', options: {} };
const LORA = { id: 'lora', options: { rank: 4, alpha: 8, loraDropout: 0 } };
const ARCHITECTURES = ['digits-cnn', 'efficientnet-lite', 'bert', 'gpt2'] as const satisfies readonly ArchitectureId[];
const CASES: TinyCase[] = [
  ...ARCHITECTURES.flatMap((id) => [
    { id, method: FULL },
    { id, method: { id: 'head', options: {} } },
    { id, method: { id: 'last-n', options: { stages: 2 } } },
    { id, method: LORA },
    { id, method: FULL, checkpointing: true },
    { id, method: LORA, checkpointing: true },
  ]),
  { id: 'bert', method: FULL, dropout: 0.1 },
  { id: 'efficientnet-lite', method: FULL, batchStatistics: true },
];
const named = CASES.map((one) => ({
  title: `${one.id}, ${one.method.id}, ${JSON.stringify({ ...one, id: undefined, method: undefined })}`,
  one,
}));

beforeAll(async () => {
  await startBackend('wasm');
});

describe('what a step holds is told from shapes', () => {
  it('is told of a method that trains nothing, by plan as well', () => {
    const { plan, architecture } = tinyLearner({
      id: 'gpt2',
      method: { id: 'prompt-design', options: { template: '' } },
    });
    const rest = { cached: false, batchStatistics: false, checkpointing: false, smoothing: false };
    const options = {
      ...rest,
      sizes: SIZES,
      trainable: plan.trainable,
      boundary: plan.boundary,
      arenas: true,
    };
    const told = trainingBytes(architecture, profile(architecture, SIZES), { ...options, interpreter: 'webgpu' });
    expect(told).toBeGreaterThan(0);
  });

  it.each(named)('$title', ({ one }) => {
    const { plan, architecture, learner } = tinyLearner(one);
    const options: StepOptions = {
      sizes: SIZES,
      trainable: plan.trainable,
      boundary: plan.boundary,
      cached: false,
      batchStatistics: one.batchStatistics ?? false,
      checkpointing: one.checkpointing ?? false,
      smoothing: false,
      interpreter: 'wasm',
      arenas: false,
    };
    const shape = profile(architecture, SIZES);
    const { input, targets } = tinyExamples(architecture, 3);
    const most = (run: () => tf.Tensor[]): number => {
      const before = memoryBytes();
      takePeak();
      tf.dispose(run());
      return takePeak() - before;
    };
    const step = () => {
      const { loss, correct, gradients, updates } = learner.gradients(input, targets, 0);
      return [loss, correct, ...gradients.values(), ...updates.values()];
    };
    // constants are made once
    tf.dispose(step());
    const [stepped, answered] = [most(step), most(() => [learner.network.output(input)])];
    learner.dispose();
    expect(trainingBytes(architecture, shape, options) / stepped).toBeGreaterThan(0.85);
    expect(trainingBytes(architecture, shape, options) / stepped).toBeLessThan(1.15);
    expect(answerBytes(architecture, shape, options) / answered).toBeGreaterThan(0.97);
    expect(answerBytes(architecture, shape, options) / answered).toBeLessThan(1.1);
  });
});
