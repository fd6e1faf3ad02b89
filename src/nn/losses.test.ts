import { readFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from './backends/index.ts';
import { balancedWeights, classificationTargets, correctCount, crossEntropy } from './losses.ts';

const fixture: {
  logits: number[][];
  labels: number[];
  cases: { classWeights: number[] | null; labelSmoothing: number; loss: number; gradient: number[][] }[];
} = JSON.parse(await readFile(new URL('./fixtures/losses.json', import.meta.url), 'utf8'));

beforeAll(async () => {
  await startBackend('wasm');
});

describe('cross-entropy', () => {
  it.each(fixture.cases)('equals PyTorch: weights $classWeights, smoothing $labelSmoothing', async (c) => {
    const { targets, total } = classificationTargets(fixture.labels, 5, {
      smoothing: c.labelSmoothing,
      ...(c.classWeights ? { weights: c.classWeights } : {}),
    });
    const wanted = tf.tensor2d(targets, [4, 5]);
    const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => crossEntropy(x, wanted, tf.scalar(total)))(
      tf.tensor2d(fixture.logits),
    );
    expect((await value.data())[0]).toBeCloseTo(c.loss, 5);
    const flat = await grad.data();
    c.gradient.flat().forEach((g, i) => {
      expect(flat[i]).toBeCloseTo(g, 6);
    });
  });
});

describe('counting right answers', () => {
  it('counts rows whose greatest logit is at the label', async () => {
    const logits = tf.tensor2d([
      [1, 2, 0],
      [3, 1, 1],
      [0, 0, 9],
    ]);
    expect((await correctCount(logits, tf.tensor1d([1, 1, 2], 'int32')).data())[0]).toBe(2);
  });
});

describe('balanced class weights', () => {
  it('are n / (K n_c): the weighted counts are all alike', () => {
    const weights = balancedWeights([0, 0, 0, 1, 2, 2], 3);
    [3, 1, 2].forEach((count, c) => {
      expect(weights[c]! * count).toBeCloseTo(2, 6);
    });
  });
});
