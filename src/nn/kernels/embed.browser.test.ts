import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackend, stopBackend } from '../backends/index.ts';
import { sample } from '../backends/testing.ts';
import { Tape } from '../tape.ts';
import { embed, forkTable } from './embed.ts';
import { linear } from './linear.ts';
import { dispatchesOf, gapOf } from './testing.ts';

beforeAll(async () => {
  await startBackend('webgpu');
});
afterAll(stopBackend);

const CLOSE = 1e-5;
/** Some rows often, some never: more ids than a workgroup compares at once. */
const [B, T, V, D] = [10, 9, 29, 70];
const ids = () =>
  tf.tensor2d(
    Int32Array.from({ length: B * T }, (_, i) => (i * i + 3) % 13),
    [B, T],
    'int32',
  );
const kinds = () =>
  tf.tensor2d(
    Int32Array.from({ length: B * T }, (_, i) => (i % 5 === 0 ? 1 : 0)),
    [B, T],
    'int32',
  );
const places = (start: number) => tf.range(start, start + T, 1, 'int32');
const tables = [
  [V, D],
  [T + 3, D],
  [2, D],
].map((shape, i) => sample(shape, i + 1));

describe('embeddings', () => {
  it.each([
    ['all tables', [0, 1, 2]],
    ['the tokens', [0]],
    ['positions and types', [1, 2]],
  ])('of tokens, positions and types, gradients of %s', async (_, wanted) => {
    const gap = await gapOf(
      tables,
      (tokens, positions, types) => embed(ids(), { tokens: tokens!, positions, types, typeIds: kinds(), start: 2 }),
      (tokens, positions, types) =>
        tf.add(tf.add(tf.gather(tokens!, ids()), tf.gather(positions!, places(2))), tf.gather(types!, kinds())),
      wanted,
    );
    expect(gap).toBeLessThan(CLOSE);
  });

  it('of tokens alone', async () => {
    const gap = await gapOf(
      [tables[0]!],
      (tokens) => embed(ids(), { tokens: tokens! }),
      (tokens) => tf.gather(tokens!, ids()),
    );
    expect(gap).toBeLessThan(CLOSE);
  });

  const head = (x: tf.Tensor, w: tf.Tensor) =>
    tf.reshape(tf.matMul(tf.reshape(x, [B * T, D]) as tf.Tensor2D, w as tf.Tensor2D, false, true), [B, T, V]);
  it.each([true, false])('of a table that is the head as well, gradients meet in place (%s)', async (used) => {
    const gap = await gapOf(
      [tables[0]!],
      (table) => {
        const [tokens, other] = forkTable(table!);
        const x = embed(ids(), { tokens });
        return used ? linear(x, { weights: [other], transposed: true }) : x;
      },
      (table) => (used ? head(tf.gather(table!, ids()), table!) : tf.gather(table!, ids())),
    );
    expect(gap).toBeLessThan(CLOSE);
  });

  it('takes a dispatch forward and two back, with the head one back', () => {
    const [table, positions] = [tf.ones([V, D]), tf.ones([T, D])];
    const count = (f: () => tf.Tensor) =>
      dispatchesOf(() => {
        const tape = new Tape([table, positions]);
        const y = tape.record(f);
        tape.backward([{ of: y, dy: tf.ones(y.shape) }]);
      }).length;
    const tied = () => {
      const [tokens, other] = forkTable(table);
      return linear(embed(ids(), { tokens }), { weights: [other], transposed: true });
    };
    expect([count(() => embed(ids(), { tokens: table, positions })), count(tied)]).toEqual([3, 4]);
  });

  it('gives the same bits every time', async () => {
    const [table, dy] = [tf.ones([V, D]), tf.randomNormal([B, T, D], 0, 1, 'float32', 5)];
    const gradient = () => {
      const tape = new Tape([table]);
      const y = tape.record(() => embed(ids(), { tokens: table }));
      return tape.backward([{ of: y, dy }])[0]!.data();
    };
    expect(await gradient()).toEqual(await gradient());
  });
});
