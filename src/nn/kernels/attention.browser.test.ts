import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stopBackend } from '../backends/index.ts';
import { sample } from '../backends/testing.ts';
import { Tape } from '../tape.ts';
import { type AttentionOptions, attention, packedAttention } from './attention.ts';
import { dropoutMask } from './random.ts';
import { dispatchesOf, gapOf, startIn } from './testing.ts';
import { WAYS } from './way.ts';

describe.each(WAYS)('%s', (way) => {
  beforeAll(() => startIn(way));
  afterAll(stopBackend);

  const CLOSE = 1e-5;

  /** With the matrix of queries x keys. Grouped keys and values are repeated. */
  function plain(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, o: AttentionOptions): tf.Tensor {
    const { heads: H, kvHeads = H, causal, mask, dropout } = o;
    const [B, Tq, Tk, d] = [q.shape[0]!, q.shape[1]!, k.shape[1]!, q.shape[2]! / H];
    const split = (x: tf.Tensor, heads: number) => {
      const apart = tf.transpose(tf.reshape(x, [B, -1, heads, d]), [0, 2, 1, 3]); // [B, heads, T, d]
      return tf.concat(
        Array.from({ length: H }, (_, h) => tf.slice(apart, [0, Math.floor((h * heads) / H), 0, 0], [B, 1, -1, d])),
        1,
      );
    };
    const allowed = mask?.dataSync();
    const bias = Float32Array.from({ length: B * Tq * Tk }, (_, i) => {
      const [b, t, key] = [Math.floor(i / Tq / Tk), Math.floor(i / Tk) % Tq, i % Tk];
      return (causal && key > t + Tk - Tq) || allowed?.[b * Tk + key] === 0 ? -1e9 : 0;
    });
    const scores = tf.mul(tf.matMul(split(q, H), split(k, kvHeads), false, true), o.scale ?? 1 / Math.sqrt(d));
    const shares = tf.softmax(tf.add(scores, tf.tensor(bias, [B, 1, Tq, Tk])));
    const kept = dropout
      ? tf.mul(shares, tf.tensor(dropoutMask(shares.size, dropout.rate, dropout.seed), shares.shape))
      : shares;
    return tf.reshape(tf.transpose(tf.matMul(kept, split(v, kvHeads)), [0, 2, 1, 3]), [B, Tq, H * d]);
  }

  const plainPacked = (x: tf.Tensor, o: AttentionOptions): tf.Tensor => {
    const { heads, kvHeads = heads } = o;
    const d = x.shape[2]! / (heads + 2 * kvHeads);
    const [q, k, v] = tf.split(x, [heads * d, kvHeads * d, kvHeads * d], 2);
    return plain(q!, k!, v!, o);
  };

  /** The last keys of each row are padding, of each a different number. */
  const maskOf = (B: number, T: number) =>
    tf.tensor2d(
      Int32Array.from({ length: B * T }, (_, i) => ((i % T) + Math.floor(i / T) + 3 < T ? 1 : 0)),
      [B, T],
      'int32',
    );
  const dropout = { name: 'test', rate: 0.3, seed: 17 };

  describe('attention over packed queries, keys and values', () => {
    it.each([
      ['one block', 2, 19, 8, { heads: 3 }],
      ['several blocks, causal', 1, 70, 36, { heads: 2, causal: true }],
      ['a mask, a scale, dropout, grouped keys', 2, 41, 20, { heads: 4, kvHeads: 2, scale: 0.5, mask: true, dropout }],
      ['the widest heads', 1, 33, 128, { heads: 1, causal: true }],
    ] as const)(
      '%s',
      async (_, B, T, d, { mask, ...o }: Omit<AttentionOptions, 'mask'> & { heads: number; mask?: true }) => {
        const { heads, kvHeads = heads } = o;
        const options = (): AttentionOptions => ({ ...o, mask: mask && maskOf(B, T) });
        const gap = await gapOf(
          [sample([B, T, (heads + 2 * kvHeads) * d], 1)],
          (x) => packedAttention(x!, options()),
          (x) => plainPacked(x!, options()),
        );
        expect(gap).toBeLessThan(CLOSE);
      },
    );

    it('takes a dispatch forward and one back', () => {
      const x = tf.ones([1, 9, 72]);
      const dispatches = dispatchesOf(() => {
        const tape = new Tape([x]);
        const y = tape.record(() => packedAttention(x, { heads: 3 }));
        tape.backward([{ of: y, dy: tf.ones(y.shape) }]);
      });
      expect(dispatches.length).toBe(2);
    });
  });

  describe('attention over queries, keys and values apart', () => {
    const cases: [string, number, number, number, Omit<AttentionOptions, 'mask'> & { mask?: true }, number[]][] = [
      ['more keys than queries, causal', 40, 47, 16, { heads: 2, causal: true }, [0, 1, 2]],
      ['grouped keys, a mask, dropout', 35, 33, 20, { heads: 4, kvHeads: 2, mask: true, dropout }, [0, 1, 2]],
      ['queries alone', 5, 34, 16, { heads: 3, causal: true }, [0]],
      ['values alone', 34, 35, 16, { heads: 3, causal: true }, [2]],
    ];
    it.each(cases)('%s', async (_, Tq, Tk, d, { mask, ...o }, wanted) => {
      const keyWidth = (o.kvHeads ?? o.heads) * d;
      const options = (): AttentionOptions => ({ ...o, mask: mask && maskOf(2, Tk) });
      const gap = await gapOf(
        [sample([2, Tq, o.heads * d], 1), sample([2, Tk, keyWidth], 2), sample([2, Tk, keyWidth], 3)],
        (q, k, v) => attention(q!, k!, v!, options()),
        (q, k, v) => plain(q!, k!, v!, options()),
        wanted,
      );
      expect(gap).toBeLessThan(CLOSE);
    });
  });
});
