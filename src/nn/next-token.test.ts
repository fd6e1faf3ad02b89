import { readFile } from 'node:fs/promises';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { normal, uniform } from '../lib/random.ts';
import { greatestDifference } from '../models/testing.ts';
import { startBackend } from './backends/index.ts';
import type { Batch } from './batch.ts';
import { tensorCount } from './memory.ts';
import { nextTokenObjective, sparseCrossEntropy, textFigures } from './next-token.ts';

interface Case {
  /** [B, T, V]. */
  shape: [number, number, number];
  smoothing: number;
  logits: number[];
  labels: number[];
  learned: number[];
  loss: number;
  correct: number;
  gradient: number[];
}
const cases: Case[] = JSON.parse(await readFile(new URL('./fixtures/next-token.json', import.meta.url), 'utf8'));

const start = async (backend: string) => {
  if (backend === 'wasm') await startBackend('wasm');
  else await tf.setBackend('cpu');
  expect(tf.getBackend()).toBe(backend);
};

const targetsOf = ({ shape, labels, learned, smoothing }: Case): Batch => {
  const [B, T] = shape;
  const scalar = (value: number) => ({ data: Float32Array.of(value), shape: [], dtype: 'float32' as const });
  return {
    next: { data: Int32Array.from(labels), shape: [B, T], dtype: 'int32' },
    weights: { data: Float32Array.from(learned), shape: [B, T], dtype: 'float32' },
    total: scalar(learned.reduce((a, b) => a + b)),
    ...(smoothing > 0 ? { smoothing: scalar(smoothing) } : {}),
  };
};
const tensors = (batch: Batch) =>
  Object.fromEntries(
    Object.entries(batch).map(([name, { data, shape, dtype }]) => [name, tf.tensor(data, [...shape], dtype)]),
  );

describe.each(['wasm', 'cpu'])('the loss of the next token on %s', (backend) => {
  it.each(cases)('equals PyTorch’s cross_entropy with ignore_index: $shape, smoothing $smoothing', async (c) => {
    await start(backend);
    const t = tensors(targetsOf(c));
    const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => nextTokenObjective(x, t).loss)(
      tf.tensor(c.logits, c.shape),
    );
    expect((await value.data())[0]).toBeCloseTo(c.loss, 5);
    expect(grad.shape).toEqual(c.shape);
    expect(greatestDifference(await grad.data(), c.gradient)).toBeLessThan(1e-6);
    const { correct } = nextTokenObjective(tf.tensor(c.logits, c.shape), t);
    expect((await correct.data())[0]).toBe(c.correct);
  });

  it('is the same whether rows go through together or in pieces', async () => {
    await start(backend);
    const [rows, width] = [23, 37];
    const gauss = normal(5);
    const next = uniform(6);
    const logits = tf.tensor2d(
      Float32Array.from({ length: rows * width }, () => 4 * gauss()),
      [rows, width],
    );
    const t = {
      labels: tf.tensor1d(
        Int32Array.from({ length: rows }, () => Math.floor(next() * width)),
        'int32',
      ),
      weights: tf.tensor1d(Float32Array.from({ length: rows }, () => Number(next() < 0.7))),
      total: tf.scalar(9),
      smoothing: tf.scalar(0.1),
    };
    const at = async (atOnce: number) => {
      const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => sparseCrossEntropy(x as tf.Tensor2D, t, atOnce))(
        logits,
      );
      return [...(await value.data()), ...(await grad.data())];
    };
    const whole = await at(2 ** 20);
    // one row at a time, five, and one beyond what there is
    for (const atOnce of [width, 5 * width + 3, 24 * width])
      expect(greatestDifference(await at(atOnce), whole)).toBeLessThan(1e-6);
  });

  it('is right where a softmax in single precision would be 0 or infinite', async () => {
    await start(backend);
    const logits = tf.tensor([300, -300, 0, -400, 200, 100], [1, 2, 3]);
    const t = tensors(targetsOf({ ...cases[0]!, shape: [1, 2, 3], labels: [1, 0], learned: [1, 1], smoothing: 0 }));
    expect((await nextTokenObjective(logits, t).loss.data())[0]).toBeCloseTo(600, 3);
  });
});

describe('each text by itself', () => {
  it('has figures that add up to those of the batch, and leaves nothing behind', async () => {
    await start('wasm');
    const c = cases[0]!;
    const targets = targetsOf(c);
    const network = { output: () => tf.tensor(c.logits, c.shape) };
    const input = { kind: 'arrays', batch: {} } as const;
    await textFigures(network, input, targets);
    const before = tensorCount();
    const { loss, correct } = await textFigures(network, input, targets);
    expect(tensorCount()).toBe(before);
    expect(loss).toHaveLength(c.shape[0]);
    const sum = (values: Float32Array) => values.reduce((a, b) => a + b);
    expect(sum(loss) / c.learned.reduce((a, b) => a + b)).toBeCloseTo(c.loss, 5);
    expect(sum(correct)).toBe(c.correct);
    expect(Math.abs(loss[0]! - loss[1]!)).toBeGreaterThan(0.01);
  });
});
