import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawToken } from '../lib/sampling.ts';
import { readVariant } from '../models/testing/language.ts';
import { greatestDifference, valuesOf } from '../models/testing.ts';
import { startBackend, stopBackend } from './backends/index.ts';
import cases from './fixtures/next-token.json';
import { generate, Reader } from './generate.ts';
import { tensorCount } from './memory.ts';
import { Network } from './network.ts';
import { nextTokenObjective, sparseCrossEntropy } from './next-token.ts';
import { gradients } from './tape.ts';

const read = async (path: string) => new Uint8Array(await (await fetch(`/${path}`)).arrayBuffer());
const VOCABULARY = 61;
const TEXT = [3, 14, 15, 9, 26, 5, 35, 8];

beforeAll(async () => {
  await startBackend('webgpu');
});
afterAll(stopBackend);

describe('on WebGPU', () => {
  it.each(cases)('the loss of the next token equals PyTorch’s: $shape, smoothing $smoothing', async (c) => {
    expect(tf.getBackend()).toBe('webgpu');
    const [B, T, V] = c.shape as [number, number, number];
    const t = {
      next: tf.tensor2d(c.labels, [B, T], 'int32'),
      weights: tf.tensor2d(c.learned, [B, T], 'float32'),
      total: tf.scalar(c.learned.reduce((a, b) => a + b)),
      ...(c.smoothing > 0 ? { smoothing: tf.scalar(c.smoothing) } : {}),
    };
    const x = tf.tensor(c.logits, [B, T, V]);
    const { value, grads } = gradients(() => nextTokenObjective(x, t).loss, [x], tf.scalar(1));
    expect((await value.data())[0]).toBeCloseTo(c.loss, 4);
    expect(greatestDifference(await grads[0]!.data(), c.gradient)).toBeLessThan(1e-5);
    const { correct } = nextTokenObjective(tf.tensor(c.logits, [B, T, V]), t);
    expect((await correct.data())[0]).toBe(c.correct);
    // row by row, as a large vocabulary goes
    const rows = { labels: tf.reshape(t.next, [-1]), weights: tf.reshape(t.weights, [-1]), total: t.total };
    const piecewise = tf.grad((x: tf.Tensor) =>
      sparseCrossEntropy(x as tf.Tensor2D, { ...rows, smoothing: t.smoothing } as never, V),
    )(tf.tensor2d(c.logits, [B * T, V]));
    expect(greatestDifference(await piecewise.data(), c.gradient)).toBeLessThan(1e-5);
  });

  it('reading token by token gives what reading at once gives, and leaves nothing behind', async () => {
    const { architecture, weights } = await readVariant({ family: 'gpt2', variant: 'gpt2' }, read);
    const network = new Network(architecture, valuesOf(architecture, weights));
    const ids = { data: Int32Array.from(TEXT), shape: [1, TEXT.length], dtype: 'int32' } as const;
    const whole = await network.logits({ kind: 'arrays', batch: { ids } });
    const before = tensorCount();
    const reader = new Reader(() => network);
    for (let from = 0; from < TEXT.length; from = reader.length) {
      const logits = await reader.read(from === 0 ? TEXT.slice(0, 4) : [TEXT[from]!]);
      const last = (reader.length - 1) * VOCABULARY;
      expect(greatestDifference(logits, whole.subarray(last, last + VOCABULARY))).toBeLessThan(1e-3);
    }
    reader.dispose();
    expect(tensorCount()).toBe(before);
    const second = new Reader(() => network);
    const draw = (logits: Float32Array, step: number) =>
      drawToken(logits, { temperature: 0.7, topK: 5, topP: 0.9, seed: 1 }, step);
    const written: number[] = [];
    for await (const id of generate(second, { prompt: [3, 4], most: 3, context: 12, ends: new Set(), draw }))
      written.push(id);
    expect(written).toHaveLength(3);
    second.dispose();
    network.dispose();
  });
});
