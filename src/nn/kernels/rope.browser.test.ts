import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackend, stopBackend } from '../backends/index.ts';
import { sample } from '../backends/testing.ts';
import { type RopeOptions, rope, ropeTable } from './rope.ts';
import { gapOf } from './testing.ts';

beforeAll(async () => {
  await startBackend('webgpu');
});
afterAll(stopBackend);

/** By a matrix for each position that turns the pairs of every head. */
function plain(x: tf.Tensor, turning: number, o: RopeOptions): tf.Tensor {
  const { width, heads, start = 0, pairs = 'halves' } = o;
  const [, T, row] = x.shape as [number, number, number];
  const turns = new Float32Array(T * row * row);
  for (let t = 0; t < T; t++) {
    const at = (from: number, to: number) => (t * row + from) * row + to;
    for (let c = 0; c < row; c++) turns[at(c, c)] = 1;
    for (let head = 0; head < heads; head++) {
      for (let i = 0; i < turning; i++) {
        const angle = (start + t) * 100 ** (-i / turning);
        const first = head * width + (pairs === 'halves' ? i : 2 * i);
        const second = pairs === 'halves' ? first + turning : first + 1;
        turns[at(first, first)] = Math.cos(angle);
        turns[at(second, second)] = Math.cos(angle);
        turns[at(second, first)] = -Math.sin(angle);
        turns[at(first, second)] = Math.sin(angle);
      }
    }
  }
  const rows = tf.transpose(x, [1, 0, 2]);
  return tf.transpose(tf.matMul(rows, tf.tensor3d(turns, [T, row, row])), [1, 0, 2]);
}

describe('rotary positions', () => {
  const cases: [string, number, RopeOptions][] = [
    ['halves of packed queries and keys', 4, { width: 8, heads: 3 }],
    ['neighbours', 4, { width: 8, heads: 4, pairs: 'neighbours' }],
    ['the first entries of each head, later positions', 3, { width: 8, heads: 4, start: 5 }],
  ];
  it.each(cases)('of %s', async (_, pairs, options) => {
    const gap = await gapOf(
      [sample([2, 7, 32], 1)],
      (x) => rope(x!, ropeTable(12, pairs, 100), options),
      (x) => plain(x!, pairs, options),
    );
    expect(gap).toBeLessThan(1e-5);
  });

  it('turns more entries than the threads of one direction of groups', async () => {
    const heads = 210_000;
    const one = tf.randomNormal([1, 5, 4], 0, 1, 'float32', 3);
    const table = ropeTable(5, 2);
    const many = rope(tf.tile(one, [1, 1, heads]), table, { width: 4, heads });
    const wanted = tf.tile(rope(one, table, { width: 4, heads: 1 }), [1, 1, heads]);
    expect((await tf.max(tf.abs(tf.sub(many, wanted))).data())[0]).toBe(0);
    expect((await tf.max(tf.abs(tf.sub(many, tf.tile(one, [1, 1, heads])))).data())[0]).toBeGreaterThan(0.1);
  });

  it('ends with the table', () => {
    expect(() => rope(tf.ones([1, 5, 8]), ropeTable(4, 2), { width: 4, heads: 2 })).toThrow('position 4');
  });
});
