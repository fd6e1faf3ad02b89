import '@tensorflow/tfjs-backend-cpu';
import { readFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../backends/index.ts';
import { clipScale } from '../learner.ts';
import { OPTIMIZERS } from './index.ts';

interface Case {
  options: { learningRate: number; weightDecay?: number; momentum?: number; maxNorm?: number };
  after: Record<string, number[][]>;
}
const fixture: { shapes: number[][]; cases: Record<string, Case> } = JSON.parse(
  await readFile(new URL('../fixtures/optimizers.json', import.meta.url), 'utf8'),
);

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

describe.each(['wasm', 'cpu'])('optimizers on %s', (backend) => {
  it.each(Object.entries(fixture.cases))('%s equals PyTorch over 50 steps', async (name, { options, after }) => {
    await tf.setBackend(backend);
    const optimizer = name.startsWith('adamw') ? OPTIMIZERS.adamw : OPTIMIZERS.sgd;
    let weights = fixture.shapes.map(start);
    let slots = fixture.shapes.map((shape) => optimizer.slots.map(() => tf.zeros(shape)));
    for (let step = 1; step <= 50; step++) {
      const gradients = fixture.shapes.map((shape, t) => gradient(shape, t, step));
      const scale = options.maxNorm ? clipScale(gradients, options.maxNorm) : tf.scalar(1);
      const update = optimizer.update({
        step: step - 1,
        learningRate: options.learningRate,
        weightDecay: options.weightDecay ?? 0,
        momentum: options.momentum ?? 0,
      });
      const next = weights.map((weight, t) => update(weight, tf.mul(gradients[t]!, scale), slots[t]!, true));
      weights = next.map(({ weight }) => weight);
      slots = next.map((result) => result.slots);
      const expected = after[String(step)];
      if (!expected) continue;
      for (const [t, weight] of weights.entries()) {
        const values = await weight.data();
        expected[t]!.forEach((value, i) => {
          expect(Math.abs(values[i]! - value), `${name} step ${step}`).toBeLessThan(1e-5);
        });
      }
    }
  });
});

describe('weight decay', () => {
  it('leaves alone what it is not for', async () => {
    const update = OPTIMIZERS.adamw.update({ step: 0, learningRate: 0.1, weightDecay: 0.5, momentum: 0 });
    const zero = tf.zeros([1]);
    const still = await update(tf.tensor1d([2]), zero, [zero, zero], false).weight.data();
    const decayed = await update(tf.tensor1d([2]), zero, [zero, zero], true).weight.data();
    expect(still[0]).toBe(2);
    expect(decayed[0]).toBeCloseTo(2 * (1 - 0.1 * 0.5), 6);
  });
});
