import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { originalOf } from '../engine/cures.ts';
import { planRun, startingValues } from '../engine/plan.ts';
import { CLASSES, tinyBatch, tinyModel } from '../methods/testing.ts';
import { startBackend, stopBackend } from '../nn/backends/index.ts';
import { labelObjective, labelTargets } from '../nn/classification.ts';
import { Learner } from '../nn/learner.ts';
import { OPTIMIZERS } from '../nn/optimizers/index.ts';
import type { WeightValues } from '../nn/weights.ts';
import { CURES, type CureId } from '../protocol/run.ts';
import type { CureContext } from './engine.ts';
import { CURE_ENGINES } from './engines.ts';
import { rowsOf } from './replay/rows.ts';

/** Strong enough to be seen in two steps. */
const STRENGTHS: Readonly<Record<CureId, number>> = { replay: 0.5, l2sp: 1, ewc: 10, lwf: 2 };
const NEW = ['four', 'five'];
const SEED = 7;

const targetsOf = (labels: readonly number[], classes: number) => labelTargets(labels, { classes, smoothing: 0 }).batch;

/** Two steps of a small random model on new classes, with a cure; what it adds in each, and where the weights come to. */
async function stepped(id: CureId): Promise<{ penalties: number[]; weights: WeightValues; before: WeightValues }> {
  const model = { ...tinyModel('digits-cnn'), labels: CLASSES };
  const plan = planRun(model, NEW, { method: { id: 'full', options: {} }, task: {} });
  const before = startingValues(model, plan, SEED);
  const { input: pictures } = tinyBatch(plan.architecture);
  const rows = await rowsOf({
    count: 3,
    input: async () => pictures,
    targets: (places) => targetsOf([...places], CLASSES.length),
  });
  const context: CureContext = {
    original: originalOf(model, plan),
    own: new Set([...plan.trainable].filter((name) => !plan.head.has(name))),
    trainable: plan.trainable,
    examples: {
      count: 3,
      input: async (places) => rows.inputs(places),
      targets: (places) => targetsOf([...places], CLASSES.length),
    },
    objective: labelObjective,
    seed: SEED,
    batchSize: 3,
    onDone() {},
  };
  const learner = new Learner({
    architecture: plan.architecture,
    values: before,
    trainable: plan.trainable,
    optimizer: OPTIMIZERS.sgd,
    objective: labelObjective,
    seed: SEED,
    batchStatistics: false,
    clipNorm: 0,
  });
  learner.terms = [await CURE_ENGINES[id].term(STRENGTHS[id], context)];
  const batch = {
    input: { kind: 'arrays', batch: pictures } as const,
    targets: targetsOf([0, 1, 0], NEW.length),
    count: 3,
  };
  const penalties: number[] = [];
  for (const step of [0, 1]) {
    const { penalty } = await learner.step([batch], { step, learningRate: 0.3, weightDecay: 0, momentum: 0 });
    penalties.push(penalty!);
  }
  const { weights } = await learner.read();
  learner.dispose();
  return { penalties, weights, before };
}

describe('a cure on WebGPU adds what it adds on WASM, within 1e-3', () => {
  const onWasm = new Map<CureId, Awaited<ReturnType<typeof stepped>>>();
  beforeAll(async () => {
    await startBackend('wasm');
    for (const id of CURES) onWasm.set(id, await stepped(id));
    await startBackend('webgpu');
  });
  afterAll(stopBackend);

  it.each(CURES)('%s', async (id) => {
    expect(tf.getBackend()).toBe('webgpu');
    const [theirs, ours] = [onWasm.get(id)!, await stepped(id)];
    expect(theirs.penalties[1]).toBeGreaterThan(1e-3);
    for (const [step, penalty] of theirs.penalties.entries())
      expect(Math.abs(ours.penalties[step]! - penalty), `step ${step}`).toBeLessThan(1e-3);
    let moved = 0;
    for (const [name, expected] of theirs.weights) {
      const [own, before] = [ours.weights.get(name)!, theirs.before.get(name)!];
      const worst = Math.max(...expected.map((value, i) => Math.abs(own[i]! - value)));
      moved = Math.max(moved, ...expected.map((value, i) => Math.abs(before[i]! - value)));
      expect(worst, name).toBeLessThan(1e-3);
    }
    expect(moved).toBeGreaterThan(1e-2);
  });
});
