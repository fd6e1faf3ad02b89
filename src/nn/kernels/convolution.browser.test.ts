import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stopBackend } from '../backends/index.ts';
import { type Sample, sample } from '../backends/testing.ts';
import type { Pad } from '../core.ts';
import type { ConvolutionOptions } from './conv-form.ts';
import { geometryOf } from './conv-geometry.ts';
import { convolution, convolve } from './convolution.ts';
import { gapOf, OPEN_ROW_WAYS, startIn } from './testing.ts';

describe.each(OPEN_ROW_WAYS)('%s', (way) => {
  beforeAll(() => startIn(way));
  afterAll(stopBackend);

  const EPS = 1e-3;

  interface Case {
    x: number[];
    w: number[];
    stride: number;
    pad: Pad;
    dilation?: number;
    depthwise?: boolean;
    activation?: 'relu' | 'relu6';
  }
  const CASES: Case[] = [
    { x: [2, 7, 5, 3], w: [1, 1, 3, 37], stride: 1, pad: 'same' },
    { x: [2, 7, 5, 3], w: [3, 3, 3, 5], stride: 1, pad: 'same', activation: 'relu6' },
    { x: [2, 8, 9, 4], w: [3, 3, 4, 8], stride: 2, pad: 'same', activation: 'relu' },
    { x: [1, 9, 8, 2], w: [5, 3, 2, 3], stride: 2, pad: 'valid', activation: 'relu6' },
    { x: [1, 6, 7, 3], w: [3, 3, 3, 2], stride: 1, pad: 1 },
    { x: [2, 7, 6, 3], w: [1, 1, 3, 7], stride: 2, pad: 'same' },
    { x: [1, 9, 9, 2], w: [3, 3, 2, 3], stride: 1, pad: 'same', dilation: 2 },
    { x: [2, 7, 5, 70], w: [3, 3, 70, 1], stride: 1, pad: 'same', depthwise: true, activation: 'relu6' },
    { x: [1, 9, 8, 5], w: [5, 5, 5, 1], stride: 2, pad: 'same', depthwise: true },
    { x: [2, 20, 20, 3], w: [3, 3, 3, 1], stride: 2, pad: 'valid', depthwise: true, activation: 'relu6' },
  ];

  const outOf = ({ w, depthwise }: Case): number => (depthwise ? w[2]! : w[3]!);
  /** Between 0.5 and 1.5: a variance. */
  const variance = (n: number): Sample => ({
    values: sample([n], 9).values.map((v) => 1 + 0.5 * Math.tanh(v)),
    shape: [n],
  });

  const plainConv = (c: Case, x: tf.Tensor, w: tf.Tensor): tf.Tensor => {
    const [X, W] = [x as tf.Tensor4D, w as tf.Tensor4D];
    const padded =
      typeof c.pad === 'number'
        ? tf.pad(X, [
            [0, 0],
            [c.pad, c.pad],
            [c.pad, c.pad],
            [0, 0],
          ])
        : X;
    const pad = typeof c.pad === 'number' ? 'valid' : c.pad;
    if (c.dilation) {
      // no gradient of dilated convolutions: the same kernel with holes
      const [kh, kw, i, o] = w.shape as [number, number, number, number];
      const spread = tf.reshape(
        tf.slice(
          tf.reshape(
            tf.pad(tf.reshape(W, [kh, 1, kw, 1, i, o]), [
              [0, 0],
              [0, 1],
              [0, 0],
              [0, 1],
              [0, 0],
              [0, 0],
            ]),
            [2 * kh, 2 * kw, i, o],
          ),
          [0, 0, 0, 0],
          [2 * kh - 1, 2 * kw - 1, i, o],
        ),
        [2 * kh - 1, 2 * kw - 1, i, o],
      ) as tf.Tensor4D;
      return tf.conv2d(padded, spread, c.stride, pad);
    }
    return c.depthwise ? tf.depthwiseConv2d(padded, W, c.stride, pad) : tf.conv2d(padded, W, c.stride, pad);
  };
  const ACTIVATIONS = { relu: tf.relu, relu6: tf.relu6 };
  const act = (c: Case, y: tf.Tensor) => (c.activation ? ACTIVATIONS[c.activation](y) : y);
  const optionsOf = ({ stride, pad, dilation, depthwise, activation }: Case): ConvolutionOptions => ({
    stride,
    pad,
    dilation,
    depthwise,
    activation,
  });

  describe('convolution', () => {
    // windows are shared in every way: products without one, and the sums over filters, are what else there is
    const cases = way === 'shared' ? CASES : [CASES[0]!, CASES[2]!, CASES[5]!];
    it.each(cases)('$x by $w, stride $stride, $pad: with frozen batch normalisation', async (c) => {
      const n = outOf(c);
      const inputs = [sample(c.x, 1), sample(c.w, 2), sample([n], 3), sample([n], 4), sample([n], 5), variance(n)];
      const gap = await gapOf(
        inputs,
        (x, w, scale, shift, mean, v) =>
          convolution(x!, w!, {
            ...optionsOf(c),
            norm: { scale: scale!, shift: shift!, mean: mean!, variance: v!, eps: EPS },
          }),
        (x, w, scale, shift, mean, v) => {
          const unit = tf.mul(tf.sub(plainConv(c, x!, w!), mean!), tf.rsqrt(tf.add(v!, EPS)));
          return act(c, tf.add(tf.mul(unit, scale!), shift!));
        },
        [0, 1, 2, 3],
      );
      expect(gap).toBeLessThan(1e-5);
    });

    it.each(cases.slice(0, 8))('$x by $w, stride $stride, $pad: with a bias and a residual', async (c) => {
      const n = outOf(c);
      const { B, outH, outW } = geometryOf(c.x, c.w, c, c.depthwise === true);
      const y = [B, outH, outW, n];
      const inputs = [sample(c.x, 1), sample(c.w, 2), sample([n], 3), sample(y, 4)];
      const gap = await gapOf(
        inputs,
        (x, w, bias, residual) => convolution(x!, w!, { ...optionsOf(c), bias: bias!, residual: residual! }),
        (x, w, bias, residual) => act(c, tf.add(tf.add(plainConv(c, x!, w!), bias!), residual!)),
      );
      expect(gap).toBeLessThan(1e-5);
    });

    it.each([CASES[0]!, CASES[2]!, CASES[7]!])('$x by $w: the gradients of all that reads x meet', async (c) => {
      const gap = await gapOf(
        [sample(c.x, 1), sample(c.w, 2)],
        (x, w) => convolve(x!, w!, optionsOf(c), true),
        (x, w) => [act(c, plainConv(c, x!, w!)), tf.clone(x!)],
      );
      expect(gap).toBeLessThan(1e-5);
    });

    it('computes only the gradients that are wanted', async () => {
      const c = CASES[1]!;
      const inputs = [sample(c.x, 1), sample(c.w, 2), sample([5], 3)];
      const ours = (x: tf.Tensor, w: tf.Tensor, bias: tf.Tensor) => convolution(x, w, { ...optionsOf(c), bias });
      const plain = (x: tf.Tensor, w: tf.Tensor, bias: tf.Tensor) => act(c, tf.add(plainConv(c, x, w), bias));
      for (const wanted of [[0], [1], [2]]) {
        const gap = await gapOf(
          inputs,
          (x, w, b) => ours(x!, w!, b!),
          (x, w, b) => plain(x!, w!, b!),
          wanted,
        );
        expect(gap).toBeLessThan(1e-5);
      }
    });
  });
});
