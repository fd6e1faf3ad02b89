/** One training step of the studio's own engine, counted; as a variant, the same batch judged in its stead. */
import { methodOf } from '../../src/engine/plan.ts';
import { METHOD_METAS } from '../../src/methods/metas.ts';
import { startBackend } from '../../src/nn/backends/index.ts';
import type { Architecture } from '../../src/nn/core.ts';
import { trainingBackend } from '../../src/nn/kernels/backend.ts';
import { halfFormOf } from '../../src/nn/kernels/half-weights.ts';
import { Learner } from '../../src/nn/learner.ts';
import { memoryBytes } from '../../src/nn/memory.ts';
import { OPTIMIZERS } from '../../src/nn/optimizers/index.ts';
import { profile, sizeOf, weightUses } from '../../src/nn/profile.ts';
import { regularised } from '../../src/nn/regularise.ts';
import { defaultsOf } from '../../src/protocol/options.ts';
import { forgetBuffers } from './meter.ts';
import type { ModelId } from './model-ids.ts';
import { batchesOf, bytesOf, MODELS } from './models.ts';
import { nullGpu } from './null-device.ts';
import { StepCounter, type StepCounts } from './step-counter.ts';
import { nameKernels } from './tally.ts';

export const VARIANTS = ['full', 'lora', 'halves', 'dropout', 'clipping', 'checkpointing', 'answer'] as const;
export type Variant = (typeof VARIANTS)[number];
export const isVariant = (name: string): name is Variant => (VARIANTS as readonly string[]).includes(name);

const DROPOUT = 0.1;
/** Steps whose figures may still be on their way, as in the engine's own loop. */
const IN_FLIGHT = 3;
const CONTEXT = { learningRate: 1e-4, weightDecay: 0.01, momentum: 0.9 };

/**
 * What is trained: everything, or what LoRA with its defaults adds and the head of a new task, beside weights at full width
 * or in half precision.
 */
function planned(id: ModelId, variant: Variant): { architecture: Architecture; trainable: ReadonlySet<string> } {
  const dropout = variant === 'dropout' ? DROPOUT : 0;
  const base = MODELS[id].architecture(MODELS[id].config(dropout));
  const name = variant === 'lora' || variant === 'halves' ? 'lora' : 'full';
  const method = methodOf({ id: name, options: defaultsOf(METHOD_METAS[name].options) }, base);
  const architecture = method.apply(base);
  const moving = weightUses(profile(architecture)).filter((use) => method.trainable(use, architecture));
  return {
    architecture: regularised(architecture, base, { dropout, stochasticDepth: 0 }),
    trainable: new Set(moving.map((use) => use.name)),
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
    checkpointing: variant === 'checkpointing',
  });
}

/** Lets what waits for the event loop go on. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** On a device of its own; each step has another batch than the one before. */
export async function countOurs(
  id: ModelId,
  variant: Variant,
  o: { tallied?: boolean; budgetMs?: number } = {},
): Promise<StepCounts> {
  forgetBuffers();
  const backend = await startBackend('webgpu', { gpu: nullGpu() });
  if (backend.name !== 'webgpu') throw new Error(`started ${backend.name}`);
  const { device } = trainingBackend()!;
  if (variant === 'halves') trainingBackend()!.halves = halfFormOf(device);
  if (o.tallied) nameKernels();
  const learner = learnerOf(id, variant);
  const batches = batchesOf(id);
  const [{ inputs, targets }] = batches as [(typeof batches)[number]];
  const counter = new StepCounter({ ...o, batchBytes: bytesOf(inputs) + bytesOf(targets), liveBytes: memoryBytes });
  const pending: Promise<unknown>[] = [];
  for (let step = 0; counter.begin(); step++) {
    const batch = batches[step % batches.length]!;
    const input = { kind: 'arrays', batch: batch.inputs } as const;
    const isJudged = variant === 'answer';
    const train = () => learner.step([{ input, targets: batch.targets, count: 1 }], { ...CONTEXT, step });
    pending.push(isJudged ? learner.evaluate(input, batch.targets) : train());
    if (pending.length >= IN_FLIGHT) await pending.shift();
    await breathe();
  }
  await Promise.all(pending);
  learner.dispose();
  return counter.result;
}
