import { beforeAll, expect, it } from 'vitest';
import { type MemorySettings, memoryOf, VALIDATION_BATCH } from '../../src/engine/memory.ts';
import { methodOf } from '../../src/engine/plan.ts';
import { examplesOf } from '../../src/engine/testing/tiny-learner.ts';
import { METHOD_METAS, type MethodId } from '../../src/methods/metas.ts';
import { startBackend } from '../../src/nn/backends/index.ts';
import { blockBytes } from '../../src/nn/kernels/arena.ts';
import { trainingBackend } from '../../src/nn/kernels/backend.ts';
import { Learner } from '../../src/nn/learner.ts';
import { memoryBytes } from '../../src/nn/memory.ts';
import { OPTIMIZERS } from '../../src/nn/optimizers/index.ts';
import { profile, sizeOf, weightUses } from '../../src/nn/profile.ts';
import { regularised } from '../../src/nn/regularise.ts';
import { trainingBytes } from '../../src/nn/step-memory/index.ts';
import { defaultsOf } from '../../src/protocol/options.ts';
import { sampleMost, startMeter } from './meter.ts';
import { type ModelId, TOKENS } from './model-ids.ts';
import { MODELS } from './models.ts';
import { nullGpu } from './null-device.ts';

// what a run is said to hold on WebGPU, beside what one takes
beforeAll(async () => {
  const gpu = nullGpu();
  startMeter();
  await startBackend('webgpu', { gpu });
});

interface Case {
  model: ModelId;
  method: MethodId;
  gradientCheckpointing?: boolean;
  dropout?: number;
  /** Weights that are halves, as a file gives them: nothing but zeros here. */
  halves?: boolean;
}
const BATCH: Record<ModelId, number> = { mlp: 32, minilm: 8, 'gpt-4l': 16, gpt2: 4, efficientnet: 16 };
const CASES: Case[] = [
  { model: 'mlp', method: 'full' },
  ...(['minilm', 'gpt-4l', 'efficientnet'] as const).flatMap((model): Case[] => [
    { model, method: 'full' },
    ...(model === 'efficientnet' ? [] : [{ model, method: 'full', dropout: 0.1 } as const]),
    { model, method: 'full', gradientCheckpointing: true },
    { model, method: 'lora' },
    { model, method: 'lora', gradientCheckpointing: true },
    { model, method: 'last-n' },
    { model, method: 'head' },
    { model, method: 'lora', halves: true },
    { model, method: 'last-n', halves: true },
    { model, method: 'head', halves: true },
  ]),
];
const named = CASES.map((one) => ({ title: Object.values(one).join(', '), one }));

/** Of a run, as an engine's plan has it. */
function planned({ model, method: id, dropout = 0 }: Case) {
  const base = MODELS[model].architecture(MODELS[model].config(dropout));
  const method = methodOf({ id, options: defaultsOf(METHOD_METAS[id].options) }, base);
  const architecture = method.apply(base);
  const shapes = profile(architecture, { B: 1, T: TOKENS });
  const moving = weightUses(shapes).filter((use) => method.trainable(use, architecture));
  const trainable = new Set(moving.map(({ name }) => name));
  const boundary = shapes.stages.findIndex(({ weights }) => weights.some((name) => trainable.has(name)));
  return { architecture, base: { architecture: base }, profile: shapes, trainable, boundary };
}

/** Of a step alone: weights, moved with two slots each by AdamW, and what a forward and a backward pass hold. */
function stepBytes(
  { architecture, profile, ...plan }: ReturnType<typeof planned>,
  settings: MemorySettings,
  halves: ReadonlySet<string>,
): number {
  const holds = [...profile.weights].map(([name, { shape }]) => {
    const bytes = 4 * sizeOf(shape);
    if (plan.trainable.has(name)) return 4 * blockBytes(bytes) - bytes;
    return halves.has(name) ? bytes / 2 : bytes;
  });
  const passes = trainingBytes(architecture, profile, {
    ...plan,
    sizes: { B: settings.batchSize, T: TOKENS },
    cached: false,
    batchStatistics: false,
    checkpointing: settings.gradientCheckpointing,
    smoothing: false,
    interpreter: 'webgpu',
    arenas: true,
  });
  return holds.reduce((sum, bytes) => sum + bytes, passes);
}

it.each(named)('a run of $title is told within 15 %', { timeout: 60_000 }, async ({ one }) => {
  const plan = planned(one);
  const batchSize = BATCH[one.model];
  const settings: MemorySettings = {
    batchSize,
    accumulate: 1,
    gradientCheckpointing: one.gradientCheckpointing ?? false,
    optimizer: 'adamw',
    batchNorm: 'inference',
    dropout: one.dropout ?? 0,
    stochasticDepth: 0,
    labelSmoothing: 0,
    clipNorm: 0,
    l2: 0,
  };
  trainingBackend()!.halves = one.halves ? 'f16' : undefined;
  const matrices = [...plan.profile.weights].filter(([, { shape }]) => shape.length > 1).map(([name]) => name);
  const halves = new Set(one.halves ? matrices : []);
  const o = { tokens: TOKENS, cached: false, cacheBytes: 0, interpreter: 'webgpu', halves } as const;
  const { memoryBytes: told } = memoryOf(plan, settings, o);
  const architecture = regularised(plan.architecture, plan.base.architecture, settings);
  const before = memoryBytes();
  const learner = new Learner({
    architecture,
    values: new Map([...plan.profile.weights].map(([name, { shape }]) => [name, new Float32Array(sizeOf(shape))])),
    trainable: plan.trainable,
    optimizer: OPTIMIZERS.adamw,
    objective: MODELS[one.model].objective,
    seed: 42,
    batchStatistics: false,
    clipNorm: 0,
    checkpointing: settings.gradientCheckpointing,
  });
  const classes = one.model === 'efficientnet' ? 10 : 2;
  const examples = (B: number) => examplesOf(plan.architecture, 1, { B, T: TOKENS }, classes);
  const most = async (work: () => Promise<unknown>): Promise<number> => {
    const stop = sampleMost(memoryBytes);
    await work();
    return stop() - before;
  };
  const context = { learningRate: 1e-3, weightDecay: 0.01, momentum: 0.9 };
  // with the first step the weights come to the device
  await learner.step([examples(batchSize)], { ...context, step: 0 });
  const stepped = await most(() => learner.step([examples(batchSize)], { ...context, step: 1 }));
  const judged = examples(Math.max(batchSize, VALIDATION_BATCH));
  const took = Math.max(stepped, await most(() => learner.evaluate(judged.input, judged.targets)));
  // as a run is told of it
  const shown = learner.peakBytes - before;
  learner.dispose();
  // what is judged takes more than some steps
  for (const [said, was] of [
    [told, took],
    [told, shown],
    [stepBytes({ ...plan, architecture }, settings, halves), stepped],
  ] as const) {
    const both = `${(said / 1e6).toFixed(1)} MB told, ${(was / 1e6).toFixed(1)} MB taken`;
    expect(said / was, both).toBeGreaterThan(0.85);
    expect(said / was, both).toBeLessThan(1.15);
  }
});
