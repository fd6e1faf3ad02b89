import { beforeAll, expect, it } from 'vitest';
import { planRun, startingValues } from '../../src/engine/plan.ts';
import { taskMetaOf } from '../../src/engine/tasks.ts';
import { METHOD_METAS } from '../../src/methods/metas.ts';
import { CLASSES, tinyBatch, tinyModel } from '../../src/methods/testing.ts';
import { crossEntropy } from '../../src/models/testing/language.ts';
import { startBackend } from '../../src/nn/backends/index.ts';
import { groupOf } from '../../src/nn/kernels/groups.ts';
import { dispatchesOf } from '../../src/nn/kernels/testing.ts';
import { Learner } from '../../src/nn/learner.ts';
import { OPTIMIZERS } from '../../src/nn/optimizers/index.ts';
import { regularised } from '../../src/nn/regularise.ts';
import { defaultsOf } from '../../src/protocol/options.ts';
import { nullGpu } from './null-device.ts';

// the profile panel says what each kernel is there for
beforeAll(async () => {
  await startBackend('webgpu', { gpu: nullGpu() });
});

const CASES = (['digits-cnn', 'efficientnet-lite', 'bert', 'gpt2'] as const).flatMap((architecture) =>
  (['full', 'lora'] as const).map((method) => [architecture, method] as const),
);

it.each(CASES)('every kernel of a step of %s, %s, is there for something', (id, name) => {
  const model = tinyModel(id);
  const method = { id: name, options: defaultsOf(METHOD_METAS[name].options) };
  const plan = planRun(model, CLASSES, { method, task: defaultsOf(taskMetaOf(id).options) });
  const learner = new Learner({
    architecture: regularised(plan.architecture, plan.base.architecture, { dropout: 0.1, stochasticDepth: 0 }),
    values: startingValues(model, plan, 7),
    trainable: plan.trainable,
    optimizer: OPTIMIZERS.adamw,
    objective: crossEntropy,
    seed: 7,
    batchStatistics: false,
    clipNorm: 1,
  });
  const { input: batch, targets } = tinyBatch(plan.architecture);
  const context = { step: 0, learningRate: 1e-3, weightDecay: 0.1, momentum: 0.9 };
  const kernels = dispatchesOf(() => {
    void learner.step([{ input: { kind: 'arrays', batch }, targets, count: 3 }], context).catch(() => {});
  });
  expect(kernels.length).toBeGreaterThan(10);
  expect(kernels.filter((kernel) => !groupOf(kernel))).toEqual([]);
});
