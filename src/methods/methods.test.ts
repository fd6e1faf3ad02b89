import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Plan, planRun, startingValues } from '../engine/plan.ts';
import { taskMetaOf } from '../engine/tasks.ts';
import type { ArchitectureId } from '../models/metas.ts';
import { MODEL_METAS } from '../models/metas.ts';
import { crossEntropy } from '../models/testing/language.ts';
import { greatestDifference } from '../models/testing.ts';
import { startBackend } from '../nn/backends/index.ts';
import type { Architecture } from '../nn/core.ts';
import { Learner } from '../nn/learner.ts';
import { tensorCount } from '../nn/memory.ts';
import { Network } from '../nn/network.ts';
import { OPTIMIZERS } from '../nn/optimizers/index.ts';
import { sizeOf } from '../nn/profile.ts';
import type { WeightValues } from '../nn/weights.ts';
import { defaultsOf } from '../protocol/options.ts';
import { PROBLEM_CODES, ProblemError } from '../protocol/problems.ts';
import type { MethodMeta } from './meta.ts';
import { METHOD_METAS } from './metas.ts';
import { CLASSES, tinyBatch, tinyModel } from './testing.ts';
import '@tensorflow/tfjs-backend-cpu';

/** Every method on every architecture, from the registries: a new one of either is tested from the day it is added. */

const ARCHITECTURES = Object.keys(MODEL_METAS) as ArchitectureId[];
const METHODS: readonly MethodMeta[] = Object.values(METHOD_METAS);
const PAIRS = ARCHITECTURES.flatMap((architecture) => METHODS.map((method) => ({ architecture, ...method })));

beforeAll(async () => {
  await startBackend('wasm');
});

interface Tried {
  plan: Plan;
  values: WeightValues;
}

/** The method with its defaults, or the problem that it has with the architecture. */
function tried(
  architecture: ArchitectureId,
  { id, options }: Pick<MethodMeta, 'id' | 'options'>,
): Tried | ProblemError {
  const model = tinyModel(architecture);
  const meta = taskMetaOf(architecture);
  try {
    const plan = planRun(model, meta.output === 'token' ? [] : CLASSES, {
      method: { id, options: defaultsOf(options) },
      task: defaultsOf(meta.options),
    });
    return { plan, values: startingValues(model, plan, 7) };
  } catch (error) {
    if (error instanceof ProblemError) return error;
    throw error;
  }
}

const learnerOf = ({ plan, values }: Tried): Learner =>
  new Learner({
    architecture: plan.architecture,
    values,
    trainable: plan.trainable,
    optimizer: OPTIMIZERS.adamw,
    objective: crossEntropy,
    seed: 7,
    batchStatistics: false,
    clipNorm: 0,
  });

async function logitsOf(architecture: Architecture, values: WeightValues): Promise<Float32Array> {
  const network = new Network(architecture, values);
  const logits = (await network.logits({ kind: 'arrays', batch: tinyBatch(architecture).input })).slice();
  network.dispose();
  return logits;
}

/** Where everything moves, in smaller steps. */
const rateOf = ({ plan }: Tried): number => (plan.trainable.size > plan.profile.weights.size / 2 ? 3e-3 : 1e-2);

/** So many steps on the one batch; the loss before the first and after the last. */
async function taught(learner: Learner, { plan }: Tried, { steps, rate }: { steps: number; rate: number }) {
  const { input, targets } = tinyBatch(plan.architecture);
  const batch = { input: { kind: 'arrays', batch: input }, targets, count: 3 } as const;
  const before = (await learner.evaluate(batch.input, targets)).loss;
  for (let step = 0; step < steps; step++)
    await learner.step([batch], { step, learningRate: rate, weightDecay: 0, momentum: 0.9 });
  return { before, after: (await learner.evaluate(batch.input, targets)).loss };
}

it.each(ARCHITECTURES)('%s is tried on a model of under 50,000 parameters', (architecture) => {
  const full = tried(architecture, METHOD_METAS.full) as Tried;
  const sizes = [...full.plan.profile.weights.values()].map(({ shape }) => sizeOf(shape));
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(50_000);
});

it.each(METHODS)('$id fits an architecture, and says why it does not fit the others', (method) => {
  const all = ARCHITECTURES.map((architecture) => tried(architecture, method));
  expect(all.some((one) => !(one instanceof ProblemError))).toBe(true);
  for (const one of all) if (one instanceof ProblemError) expect(PROBLEM_CODES).toContain(one.problem.code);
});

const FITTING = PAIRS.flatMap((pair) => {
  const one = tried(pair.architecture, pair);
  return one instanceof ProblemError ? [] : [{ ...pair, ...one }];
});
/** Those that move weights. */
const LEARNING = FITTING.filter(({ plan }) => plan.trainable.size > 0);

describe.each(LEARNING)('$id on $architecture', (pair) => {
  const { plan, values } = pair;
  const writes = plan.architecture.perToken === true;
  const frozen = [...values.keys()].filter((name) => !plan.trainable.has(name));

  it.skipIf((plan.method.room ?? 0) > 0)('begins as the model was', async () => {
    await tf.setBackend('wasm');
    const ours = await logitsOf(plan.architecture, values);
    expect(greatestDifference(ours, await logitsOf(plan.base.architecture, values))).toBeLessThan(1e-5);
  });

  it.each([
    ['wasm', 40],
    ['cpu', 5],
  ] as const)(
    'on %s: learns one batch in %i steps, leaves the rest bit-equal and no tensor behind',
    async (name, steps) => {
      await tf.setBackend(name);
      const before = tensorCount();
      const learner = learnerOf(pair);
      const { before: first, after } = await taught(learner, pair, { steps, rate: rateOf(pair) });
      expect(Number.isFinite(after)).toBe(true);
      // of a model that writes, the last normalisation or what stands before the text alone learns little
      expect(after).toBeLessThan((steps < 40 ? 0.999 : writes ? 0.95 : 0.7) * first);
      for (const [weight, kept] of await learner.network.weights.read(frozen))
        expect(greatestDifference(kept, values.get(weight)!), weight).toBe(0);
      learner.dispose();
      expect(tensorCount()).toBe(before);
    },
  );

  it('moves every weight that it says it trains, and comes back from what it keeps with the same answers', async () => {
    await tf.setBackend('wasm');
    const learner = learnerOf(pair);
    await taught(learner, pair, { steps: 5, rate: rateOf(pair) });
    const state = await learner.read();
    learner.dispose();
    expect([...state.weights.keys()].toSorted()).toEqual([...plan.trainable].toSorted());
    const still = [...state.weights].filter(([name, data]) => greatestDifference(data, values.get(name)!) === 0);
    // tables have rows that no text of the batch reads, but some that one does
    expect(still.map(([name]) => name)).toEqual([]);
    const tuned = new Map([...values, ...state.weights]);
    const again = learnerOf(pair);
    again.write(state);
    const { input } = tinyBatch(plan.architecture);
    const theirs = (await again.network.logits({ kind: 'arrays', batch: input })).slice();
    again.dispose();
    const ours = await logitsOf(plan.architecture, tuned);
    expect(greatestDifference(ours, theirs)).toBe(0);
    const { merge } = plan.method;
    if (!merge) return;
    const merged = merge(tuned, plan.profile.weights);
    expect([...merged.keys()].toSorted()).toEqual([...plan.base.profile.weights.keys()].toSorted());
    expect(greatestDifference(await logitsOf(plan.base.architecture, merged), ours)).toBeLessThan(1e-4);
  });
});
