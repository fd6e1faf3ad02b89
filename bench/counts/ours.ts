/** One training step of the studio's own engine, counted. */
import * as tf from '@tensorflow/tfjs-core';
import { methodOf } from '../../src/engine/plan.ts';
import { METHOD_METAS } from '../../src/methods/metas.ts';
import { startBackend } from '../../src/nn/backends/index.ts';
import type { Batch } from '../../src/nn/batch.ts';
import type { Architecture } from '../../src/nn/core.ts';
import { Learner } from '../../src/nn/learner.ts';
import { memoryBytes } from '../../src/nn/memory.ts';
import { OPTIMIZERS } from '../../src/nn/optimizers/index.ts';
import { profile, sizeOf, weightUses } from '../../src/nn/profile.ts';
import { defaultsOf } from '../../src/protocol/options.ts';
import { count, type StepCounts } from './count.ts';
import { forgetBuffers } from './meter.ts';
import { MODELS, type ModelId } from './models.ts';
import { nullGpu } from './null-device.ts';
import { nameKernels } from './tally.ts';

export const VARIANTS = ['full', 'lora', 'dropout', 'clipping'] as const;
export type Variant = (typeof VARIANTS)[number];

const DROPOUT = 0.1;
/** Steps whose figures may still be on their way, as in the engine's own loop. */
const IN_FLIGHT = 3;
const CONTEXT = { learningRate: 1e-4, weightDecay: 0.01, momentum: 0.9 };

/** What is trained: everything, or what LoRA with its defaults adds and the head that a new task has. */
function planned(id: ModelId, variant: Variant): { architecture: Architecture; trainable: ReadonlySet<string> } {
  const base = MODELS[id].architecture(variant === 'dropout' ? DROPOUT : 0);
  const name = variant === 'lora' ? 'lora' : 'full';
  const method = methodOf({ id: name, options: defaultsOf(METHOD_METAS[name].options) }, base);
  const architecture = method.apply(base);
  const uses = weightUses(profile(architecture));
  return {
    architecture,
    trainable: new Set(uses.filter((use) => method.trainable(use, architecture)).map((use) => use.name)),
  };
}

function learnerOf(id: ModelId, variant: Variant): Learner {
  const { architecture, trainable } = planned(id, variant);
  const { weights } = profile(architecture);
  return new Learner({
    architecture,
    // what the weights are changes no count
    values: new Map([...weights].map(([name, { shape }]) => [name, new Float32Array(sizeOf(shape))])),
    trainable,
    optimizer: OPTIMIZERS.adamw,
    objective: MODELS[id].objective,
    seed: 42,
    batchStatistics: false,
    clipNorm: variant === 'clipping' ? 1 : 0,
  });
}

export const bytesOf = (...batches: readonly Batch[]): number =>
  batches.flatMap((batch) => Object.values(batch)).reduce((sum, { data }) => sum + data.byteLength, 0);

/** On a device of its own; each step has a batch that was drawn anew. */
export async function countOurs(id: ModelId, variant: Variant, tallied = false): Promise<StepCounts> {
  forgetBuffers();
  await startBackend('webgpu', { gpu: nullGpu() });
  if (tallied) nameKernels();
  const learner = learnerOf(id, variant);
  const pending: Promise<unknown>[] = [];
  let step = 0;
  const result = await count({
    batch: () => MODELS[id].batch(step),
    bytes: ({ inputs, targets }) => bytesOf(inputs, targets),
    async step({ inputs, targets }) {
      const input = { kind: 'arrays', batch: inputs } as const;
      const start = process.cpuUsage();
      pending.push(learner.step([{ input, targets, count: 1 }], { ...CONTEXT, step: step++ }));
      const spent = process.cpuUsage(start);
      if (pending.length >= IN_FLIGHT) await pending.shift();
      return (spent.user + spent.system) / 1000;
    },
    liveBytes: memoryBytes,
    drain: () => Promise.all(pending.splice(0)),
    tallied,
  });
  learner.dispose();
  if (tf.getBackend() !== 'webgpu') throw new Error(`computed on ${tf.getBackend()}`);
  return result;
}
