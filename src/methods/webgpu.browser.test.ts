import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planRun, startingValues } from '../engine/plan.ts';
import { taskMetaOf } from '../engine/tasks.ts';
import type { ArchitectureId } from '../models/metas.ts';
import { crossEntropy } from '../models/testing/language.ts';
import { startBackend, stopBackend } from '../nn/backends/index.ts';
import { Learner } from '../nn/learner.ts';
import { OPTIMIZERS } from '../nn/optimizers/index.ts';
import { regularised } from '../nn/regularise.ts';
import type { WeightValues } from '../nn/weights.ts';
import { defaultsOf } from '../protocol/options.ts';
import type { OptimizerId } from '../protocol/run.ts';
import { METHOD_METAS, type MethodId } from './metas.ts';
import { CLASSES, tinyBatch, tinyModel } from './testing.ts';

interface Case {
  name: string;
  architecture: ArchitectureId;
  method: MethodId;
  optimizer: OptimizerId;
  learningRate: number;
  dropout?: number;
  stochasticDepth?: number;
  steps: number;
}

const CASES: readonly Case[] = [
  { name: 'Lion', architecture: 'digits-cnn', method: 'full', optimizer: 'lion', learningRate: 0.02, steps: 1 },
  { name: 'Muon', architecture: 'digits-cnn', method: 'full', optimizer: 'muon', learningRate: 0.05, steps: 1 },
  {
    name: 'dropout and stochastic depth',
    architecture: 'bert',
    method: 'full',
    optimizer: 'sgd',
    learningRate: 0.5,
    dropout: 0.4,
    stochasticDepth: 0.6,
    steps: 1,
  },
  // B begins at zero: the first step moves it, the second one A too
  { name: 'LoRA', architecture: 'bert', method: 'lora', optimizer: 'sgd', learningRate: 2, steps: 2 },
  {
    name: 'LoRA on convolutions',
    architecture: 'efficientnet-lite',
    method: 'lora',
    optimizer: 'sgd',
    learningRate: 0.5,
    steps: 2,
  },
];

interface Stepped {
  before: WeightValues;
  after: WeightValues;
  /** Of the first step. */
  gradients: WeightValues;
}

/** A few optimizer steps on the one batch of a small random model. */
async function stepped(o: Case): Promise<Stepped> {
  const { dropout = 0, stochasticDepth = 0, learningRate } = o;
  const model = tinyModel(o.architecture);
  const method = { id: o.method, options: defaultsOf(METHOD_METAS[o.method].options) };
  const plan = planRun(model, CLASSES, { method, task: defaultsOf(taskMetaOf(o.architecture).options) });
  const values = startingValues(model, plan, 7);
  const learner = new Learner({
    architecture: regularised(plan.architecture, plan.base.architecture, { dropout, stochasticDepth }),
    values,
    trainable: plan.trainable,
    optimizer: OPTIMIZERS[o.optimizer],
    objective: crossEntropy,
    seed: 7,
    batchStatistics: false,
    clipNorm: 0,
  });
  const { input: batch, targets } = tinyBatch(plan.architecture);
  const input = { kind: 'arrays', batch } as const;
  const first = learner.gradients(input, targets, 0);
  const gradients = new Map<string, Float32Array>();
  for (const [name, gradient] of first.gradients)
    gradients.set(name, ((await gradient.data()) as Float32Array).slice());
  tf.dispose([first.loss, first.correct, ...first.gradients.values()]);
  for (let step = 0; step < o.steps; step++)
    await learner.step([{ input, targets, count: 3 }], { step, learningRate, weightDecay: 0.1, momentum: 0.9 });
  const { weights: after } = await learner.read();
  learner.dispose();
  return { before: values, after, gradients };
}

/** What Lion moves by the sign of a gradient near 0 is chance. */
const NEAR_ZERO = 1e-5;

describe('a step on WebGPU gives the weights that WASM gives, within 1e-3', () => {
  const onWasm = new Map<string, Stepped>();
  beforeAll(async () => {
    await startBackend('wasm');
    for (const each of CASES) onWasm.set(each.name, await stepped(each));
    await startBackend('webgpu');
  });
  afterAll(stopBackend);

  it.each(CASES)('$name', async (each) => {
    expect(tf.getBackend()).toBe('webgpu');
    const theirs = onWasm.get(each.name)!;
    const ours = await stepped(each);
    expect([...ours.after.keys()]).toEqual([...theirs.after.keys()]);
    let [compared, all] = [0, 0];
    for (const [name, expected] of theirs.after) {
      const [own, before, gradient] = [ours.after.get(name)!, theirs.before.get(name)!, theirs.gradients.get(name)!];
      const told = (i: number) => each.optimizer !== 'lion' || gradient[i] === 0 || Math.abs(gradient[i]!) > NEAR_ZERO;
      let [worst, moved] = [0, 0];
      for (let i = 0; i < expected.length; i++) {
        all++;
        if (!told(i)) continue;
        compared++;
        moved = Math.max(moved, Math.abs(expected[i]! - before[i]!));
        worst = Math.max(worst, Math.abs(own[i]! - expected[i]!));
      }
      expect(worst, name).toBeLessThan(1e-3);
      // a key's bias has no gradient, whatever it is
      if (!/key\.bias$/.test(name)) expect(moved, name).toBeGreaterThan(1e-4);
    }
    // nearly everything was compared
    expect(compared / all).toBeGreaterThan(0.8);
  });

  it('what is dropped moves the weights elsewhere than they would go without it', async () => {
    const [, , dropping] = CASES;
    const plain = await stepped({ ...dropping!, dropout: 0, stochasticDepth: 0 });
    const { after } = onWasm.get(dropping!.name)!;
    const name = [...after.keys()].find((one) => one.endsWith('query.weight'))!;
    const difference = Math.max(...after.get(name)!.map((value, i) => Math.abs(value - plain.after.get(name)![i]!)));
    expect(difference).toBeGreaterThan(1e-4);
  });
});
