import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stopBackend } from '../backends/index.ts';
import { sample } from '../backends/testing.ts';
import { Tape } from '../tape.ts';
import { addLayerNorm } from './layer-norm.ts';
import type { Give } from './norm.ts';
import { addRmsNorm } from './rms-norm.ts';
import { dispatchesOf, gapOf, OPEN_ROW_WAYS, startIn } from './testing.ts';

type Four = [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];

describe.each(OPEN_ROW_WAYS)('%s', (way) => {
  beforeAll(() => startIn(way));
  afterAll(stopBackend);

  const CLOSE = 1e-5;
  const EPS = 1e-3;
  const mean = (x: tf.Tensor) => tf.mean(x, -1, true);
  const rms = (x: tf.Tensor, scale: tf.Tensor) => tf.mul(tf.mul(x, tf.rsqrt(tf.add(mean(tf.square(x)), EPS))), scale);
  const layer = (x: tf.Tensor, scale: tf.Tensor, bias: tf.Tensor) => tf.add(rms(tf.sub(x, mean(x)), scale), bias);
  /** In the order that `give` says. */
  const given = (give: Give, s: tf.Tensor, y: tf.Tensor) =>
    ({ norm: [y], 'sum and norm': [tf.mul(s, 1), y], 'norm twice': [y, tf.mul(y, 1)] })[give];

  const cases: [Give, number, number][] = [
    ['norm', 7, 33],
    ['sum and norm', 3, 257],
    ['norm twice', 61, 5],
  ];

  describe('LayerNorm', () => {
    it.each(cases)('gives %s of %i rows of %i', async (give, rows, width) => {
      const inputs = [[rows, width], [width], [width]].map((shape, i) => sample(shape, i + 1));
      const gap = await gapOf(
        inputs,
        (x, scale, bias) => addLayerNorm(x!, undefined, scale!, bias!, EPS, give),
        (x, scale, bias) => given(give, x!, layer(x!, scale!, bias!)),
      );
      expect(gap).toBeLessThan(CLOSE);
    });

    const inputs = [[3, 11, 70], [3, 11, 70], [70], [70]].map((shape, i) => sample(shape, i + 1));
    it.each([
      ['norm', 'everything', [0, 1, 2, 3]],
      ['sum and norm', 'everything', [0, 1, 2, 3]],
      ['norm twice', 'everything', [0, 1, 2, 3]],
      ['sum and norm', 'the inputs', [0, 1]],
      ['norm', 'scale and bias', [2, 3]],
      ['norm twice', 'the residual and the bias', [1, 3]],
    ] as [Give, string, number[]][])('gives %s of a residual sum, gradients of %s', async (give, _, wanted) => {
      const gap = await gapOf(
        inputs,
        (x, r, scale, bias) => addLayerNorm(x!, r, scale!, bias!, EPS, give),
        (x, r, scale, bias) => {
          const s = tf.add(x!, r!);
          return given(give, s, layer(s, scale!, bias!));
        },
        wanted,
      );
      expect(gap).toBeLessThan(CLOSE);
    });

    it('sums over more rows than groups, and where one result alone is used', async () => {
      const many = [[2100, 5], [5], [5]].map((shape, i) => sample(shape, i + 1));
      const gap = await gapOf(
        many,
        (x, scale, bias) => addLayerNorm(x!, undefined, scale!, bias!, EPS, 'norm twice')[1]!,
        (x, scale, bias) => layer(x!, scale!, bias!),
      );
      expect(gap).toBeLessThan(CLOSE);
    });

    it('takes one dispatch, two back, one where it is frozen', () => {
      const [x, residual, scale, bias] = [[6, 5], [6, 5], [5], [5]].map((shape) => tf.ones(shape)) as Four;
      const count = (xs: tf.Tensor[]) =>
        dispatchesOf(() => {
          const tape = new Tape(xs);
          const [y] = tape.record(() => addLayerNorm(x, residual, scale, bias, EPS, 'norm'));
          tape.backward([{ of: y!, dy: x }]);
        }).length;
      expect([count([x, scale, bias]), count([x])]).toEqual([3, 2]);
    });
  });

  describe('RMSNorm', () => {
    it.each([
      ['norm', [0, 1, 2]],
      ['sum and norm', [0, 1, 2]],
      ['norm twice', [0, 2]],
    ] as [Give, number[]][])('gives %s of a residual sum', async (give, wanted) => {
      const gap = await gapOf(
        [[13, 70], [13, 70], [70]].map((shape, i) => sample(shape, i + 1)),
        (x, r, scale) => addRmsNorm(x!, r, scale!, EPS, give),
        (x, r, scale) => given(give, tf.add(x!, r!), rms(tf.add(x!, r!), scale!)),
        wanted,
      );
      expect(gap).toBeLessThan(CLOSE);
    });
  });
});
