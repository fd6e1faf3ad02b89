import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { anchorTerm } from './anchor-term.ts';
import { startBackend } from './backends/index.ts';
import { labelObjective, labelTargets } from './classification.ts';
import { type Architecture, type Stage, stage } from './core.ts';
import { fisherDiagonal } from './fisher.ts';
import reference from './fixtures/cures.json' with { type: 'json' };
import { Learner } from './learner.ts';
import type { LossTerm } from './loss-term.ts';
import { tensorCount } from './memory.ts';
import { OPTIMIZERS } from './optimizers/index.ts';
import { distillation, pullBack } from './penalties.ts';
import type { WeightValues } from './weights.ts';

/** Against PyTorch in float64: `scripts/models/cure_fixtures.py`, whose formulas these are. */

const SHAPES = {
  'hidden.weight': [3, 5],
  'hidden.bias': [5],
  'classifier.weight': [5, 4],
  'classifier.bias': [4],
} as const;
const NAMES = Object.keys(SHAPES) as (keyof typeof SHAPES)[];
const { strength, seed } = reference;

beforeAll(async () => {
  await startBackend('wasm');
});

const sequence = (count: number, of: (i: number) => number) => Float32Array.from({ length: count }, (_, i) => of(i));
const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
/** Of the weight at a place. */
const valuesAt = (place: number, phase: number) =>
  sequence(sizeOf(SHAPES[NAMES[place]!]), (i) => 0.8 * Math.sin(0.9 * i + place + phase));
const values = (phase: number): WeightValues => new Map(NAMES.map((name, place) => [name, valuesAt(place, phase)]));
const importance: WeightValues = new Map(
  NAMES.map((name, place) => [name, sequence(sizeOf(SHAPES[name]), (i) => (i % 3) / 2 + 0.1 * place)]),
);

const near = (actual: ArrayLike<number>, expected: readonly number[], tolerance: number) => {
  expect(actual.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(Math.abs(actual[i]! - value), `at ${i}`).toBeLessThan(tolerance);
};

const layered = (): Architecture => ({
  inputs: { x: { shape: ['B', 3], dtype: 'float32' } },
  output: 'logits',
  stages: [
    stage({
      name: 'hidden',
      reads: ['x'],
      writes: ['features'],
      run: (ops, v) => ({ features: ops.activation('relu', ops.linear('hidden', v.x, { out: 5 })) }),
    }) as Stage,
    stage({
      name: 'classifier',
      reads: ['features'],
      writes: ['logits'],
      run: (ops, v) => ({ logits: ops.linear('classifier', v.features, { out: 4 }) }),
    }) as Stage,
  ],
});

const learnerAt = (phase: number): Learner =>
  new Learner({
    architecture: layered(),
    values: values(phase),
    trainable: new Set(NAMES),
    optimizer: OPTIMIZERS.sgd,
    objective: labelObjective,
    seed,
    batchStatistics: false,
    clipNorm: 0,
  });

const x = (place: number) => sequence(3, (i) => Math.sin(1.7 * (3 * place + i)) + 0.2);
const example = (place: number) => ({ x: { data: x(place), shape: [1, 3], dtype: 'float32' } }) as const;
const targets = labelTargets([2], { classes: 4, smoothing: 0 }).batch;
const batch = { kind: 'arrays', batch: example(0) } as const;

describe('what cures add to the loss, against PyTorch', () => {
  it.each(['l2sp', 'ewc'] as const)('%s: value and gradients', async (id) => {
    const weights = NAMES.map((name, place) => tf.tensor(valuesAt(place, 0.3), [...SHAPES[name]]));
    const loss = (...moved: tf.Tensor[]) =>
      pullBack(
        strength,
        moved.map((weight, place) => ({
          weight,
          anchor: tf.tensor(valuesAt(place, 0), weight.shape),
          ...(id === 'ewc' ? { importance: tf.tensor(importance.get(NAMES[place]!)!, weight.shape) } : {}),
        })),
      );
    const { value, grads } = tf.valueAndGrads(loss)(weights);
    expect(Math.abs((await value.data())[0]! - reference[id].loss)).toBeLessThan(1e-4);
    for (const [place, gradient] of grads.entries()) near(await gradient.data(), reference[id].gradients[place]!, 1e-4);
  });

  it.each(['all', 'counted'] as const)('distillation of %s rows: value and gradient', async (which) => {
    const logits = tf.tensor(
      sequence(20, (i) => 2 * Math.sin(1.3 * i)),
      [5, 4],
    );
    const before = tf.tensor(
      sequence(20, (i) => 2 * Math.cos(0.7 * i)),
      [5, 4],
    );
    const counted = which === 'counted' ? tf.tensor([1, 0, 1, 1, 0]) : undefined;
    const { value, grad } = tf.valueAndGrad((y: tf.Tensor) => distillation(y, before, 2, counted))(logits);
    expect(Math.abs((await value.data())[0]! - reference.lwf[which].loss)).toBeLessThan(1e-4);
    near(await grad.data(), reference.lwf[which].gradient, 1e-4);
    // of the same answers there is nothing to say
    expect(Math.abs((await distillation(before, before, 2).data())[0]!)).toBeLessThan(1e-6);
  });

  it('the diagonal of the Fisher information, with the labels that the seed draws', async () => {
    const learner = learnerAt(0);
    const before = tensorCount();
    const labels: number[] = [];
    const diagonal = await fisherDiagonal(
      learner,
      { count: 6, input: async (place) => example(place), targets: () => targets },
      seed,
      (done) => void labels.push(done),
    );
    expect(tensorCount()).toBe(before);
    expect(labels).toEqual([1, 2, 3, 4, 5, 6]);
    // the labels that were drawn differ, so that what is compared depends on them
    expect(new Set(reference.fisher.labels).size).toBeGreaterThan(1);
    for (const [place, name] of NAMES.entries()) near(diagonal.get(name)!, reference.fisher.diagonal[place]!, 1e-4);
    const others = await fisherDiagonal(
      learner,
      { count: 6, input: async (place) => example(place), targets: () => targets },
      seed + 1,
    );
    expect(others).not.toEqual(diagonal);
    learner.dispose();
  });
});

describe('a term of the loss', () => {
  const gradientsWith = async (terms: readonly LossTerm[]) => {
    const learner = learnerAt(0.3);
    learner.terms = terms;
    const { loss, penalty, correct, gradients } = learner.gradients(batch, targets, 0);
    const read = {
      loss: (await loss.data())[0]!,
      penalty: penalty && (await penalty.data())[0]!,
      gradients: await Promise.all(NAMES.map(async (name) => [...(await gradients.get(name)!.data())])),
    };
    tf.dispose([loss, correct, ...(penalty ? [penalty] : []), ...gradients.values()]);
    learner.dispose();
    return read;
  };

  it('adds its gradient to the task’s, and its value apart', async () => {
    const before = tensorCount();
    const plain = await gradientsWith([]);
    const pulled = await gradientsWith([anchorTerm(strength, values(0))]);
    expect(tensorCount()).toBe(before);
    expect(plain.penalty).toBeUndefined();
    expect(pulled.loss).toBeCloseTo(plain.loss, 6);
    expect(Math.abs(pulled.penalty! - reference.l2sp.loss)).toBeLessThan(1e-4);
    for (const place of NAMES.keys()) {
      const added = pulled.gradients[place]!.map((value, i) => value - plain.gradients[place]![i]!);
      near(added, reference.l2sp.gradients[place]!, 1e-4);
    }
  });

  it('holds what moves alone, and nothing that it has no importance of', async () => {
    const learner = learnerAt(0.3);
    learner.terms = [anchorTerm(strength, values(0), new Map([...importance].slice(0, 2)))];
    const penaltyOf = async () => {
      const { loss, penalty, correct, gradients } = learner.gradients(batch, targets, 0);
      const value = penalty && (await penalty.data())[0]!;
      tf.dispose([loss, correct, ...(penalty ? [penalty] : []), ...gradients.values()]);
      return value;
    };
    const both = await penaltyOf();
    learner.train(new Set(['hidden.bias', 'classifier.bias']));
    expect(await penaltyOf()).toBeLessThan(both!);
    learner.train(new Set(['classifier.bias']));
    expect(await penaltyOf()).toBeUndefined();
    learner.dispose();
  });

  it('counts once in a step of several batches', async () => {
    const learner = learnerAt(0.3);
    learner.terms = [anchorTerm(strength, values(0))];
    const one = { input: batch, targets, count: 1 };
    const metrics = await learner.step([one, one, { ...one, count: 2 }], {
      step: 0,
      learningRate: 0.01,
      weightDecay: 0,
      momentum: 0,
    });
    expect(Math.abs(metrics.penalty! - reference.l2sp.loss)).toBeLessThan(1e-4);
    learner.dispose();
  });
});
