import '@tensorflow/tfjs-backend-cpu';
import { readFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OptimizerId } from '../../protocol/run.ts';
import { startBackend } from '../backends/index.ts';
import { OptimizerState } from '../optimizer-state.ts';
import { clipScale } from './clip.ts';
import { OPTIMIZERS } from './index.ts';
import { type MovedWeight, updateOf } from './optimizer.ts';

interface Options {
  learningRate: number;
  weightDecay?: number;
  momentum?: number;
  l2?: number;
  maxNorm?: number;
}
type After = Record<string, number[][]>;
const fixture: {
  shapes: number[][];
  cases: Record<string, { options: Options; after: After }>;
  joined: { joins: number; stops: number; options: Options; after: After };
} = JSON.parse(await readFile(new URL('../fixtures/optimizers.json', import.meta.url), 'utf8'));

beforeAll(async () => {
  await startBackend('wasm');
});

/** The formulas that the fixture states. */
const start = (shape: number[], t: number) =>
  tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => 0.5 * Math.cos(0.3 * i + t)),
    shape,
  );
const gradient = (shape: number[], t: number, step: number) =>
  tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => Math.sin(0.1 * step + 0.7 * i + t)),
    shape,
  );

const kernel = (shape: readonly number[]): MovedWeight => ({
  spec: { shape, role: 'kernel', init: 'normal' },
  head: false,
});
/** Every tensor decays in the fixture. */
const all = fixture.shapes.map(kernel);
const contextOf = ({ learningRate, weightDecay = 0, momentum = 0, l2 = 0 }: Options) => ({
  step: 0,
  learningRate,
  weightDecay,
  momentum,
  l2,
});

/** Weights as variables that an `OptimizerState` moves by the fixture's gradients. */
async function expectCourse(
  id: OptimizerId,
  options: Options,
  after: After,
  moves: (t: number, step: number) => boolean = () => true,
): Promise<void> {
  const weights = fixture.shapes.map((shape, t) => tf.variable(start(shape, t)));
  const state = new OptimizerState(
    OPTIMIZERS[id],
    (name) => all[Number(name)]!,
    () => 1,
  );
  for (let step = 1; step <= 50; step++) {
    tf.tidy(() => {
      const moving = fixture.shapes.flatMap((shape, t) => (moves(t, step) ? [{ t, shape }] : []));
      const gradients = new Map(moving.map(({ t, shape }) => [String(t), gradient(shape, t, step)]));
      const scale = options.maxNorm ? clipScale([...gradients.values()], options.maxNorm) : undefined;
      state.move(gradients, (name) => weights[Number(name)]!, contextOf(options), scale);
    });
    const expected = after[String(step)];
    if (!expected) continue;
    for (const [t, weight] of weights.entries()) {
      const values = await weight.data();
      const worst = Math.max(...expected[t]!.map((value, i) => Math.abs(values[i]! - value)));
      expect(worst, `tensor ${t} at step ${step}`).toBeLessThan(1e-5);
    }
  }
  state.dispose();
  tf.dispose(weights);
}

describe.each(['wasm', 'cpu'])('optimizers on %s', (backend) => {
  beforeEach(async () => {
    await tf.setBackend(backend);
  });

  it.each(Object.entries(fixture.cases))('%s equals its reference over 50 steps', async (name, { options, after }) => {
    const id = Object.keys(OPTIMIZERS)
      .filter((one) => name.startsWith(one))
      .toSorted((a, b) => b.length - a.length)[0] as OptimizerId;
    await expectCourse(id, options, after);
  });

  it('what begins to move later, and what stops, has the steps and the state of its own', async () => {
    const { joins, stops, options, after } = fixture.joined;
    await expectCourse('adamw', options, after, (t, step) => (t === 0 ? step <= stops : step >= joins));
  });
});

describe('decay', () => {
  const context = { step: 0, learningRate: 0.1, weightDecay: 0.5, momentum: 0 };
  const moved = async (role: 'kernel' | 'bias', l2: number) => {
    const zero = tf.zeros([1]);
    const update = updateOf(OPTIMIZERS.sgd, { ...context, l2 });
    const of: MovedWeight = { spec: { shape: [1], role, init: 'zeros' }, head: false };
    return (await update(tf.tensor1d([2]), zero, [zero], of).weight.data())[0];
  };

  it('leaves alone what it is not for', async () => {
    expect(await moved('bias', 0.5)).toBe(2);
  });

  it('shrinks a kernel before it moves, and L2 is part of its gradient', async () => {
    expect(await moved('kernel', 0)).toBeCloseTo(2 * (1 - 0.1 * 0.5), 6);
    expect(await moved('kernel', 0.3)).toBeCloseTo(2 * (1 - 0.1 * 0.5) - 0.1 * 0.3 * 2, 6);
  });
});
