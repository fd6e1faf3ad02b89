import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stopBackend } from '../backends/index.ts';
import { type Sample, sample } from '../backends/testing.ts';
import { Tape } from '../tape.ts';
import { geometryOf } from './conv-geometry.ts';
import { lowRankConvolution } from './low-rank-convolution.ts';
import { dropoutMask } from './random.ts';
import { dispatchesOf, gapOf, startIn } from './testing.ts';
import { WAYS } from './way.ts';

describe.each(WAYS)('%s', (way) => {
  beforeAll(() => startIn(way));
  afterAll(stopBackend);

  const EPS = 1e-3;
  const SCALE = 0.7;
  const ACTIVATIONS = { relu: tf.relu, relu6: tf.relu6 };

  interface Case {
    x: [number, number, number, number];
    w: [number, number, number, number];
    rank: number;
    stride: number;
    pad: 'same' | 'valid';
    activation?: 'relu' | 'relu6';
    dropout?: number;
  }
  const CASES: Case[] = [
    { x: [2, 7, 5, 3], w: [1, 1, 3, 37], rank: 2, stride: 1, pad: 'same', activation: 'relu6' },
    { x: [2, 9, 8, 3], w: [3, 3, 3, 5], rank: 4, stride: 2, pad: 'same', activation: 'relu' },
    { x: [1, 9, 8, 3], w: [3, 3, 3, 5], rank: 2, stride: 1, pad: 'same', dropout: 0.3 },
    // several chunks of pixels, and a rank beyond a tile
    { x: [2, 30, 20, 5], w: [1, 1, 5, 7], rank: 35, stride: 1, pad: 'same', activation: 'relu6' },
    // large tiles
    { x: [1, 65, 64, 66], w: [1, 1, 66, 65], rank: 3, stride: 1, pad: 'same', activation: 'relu' },
  ];

  const positive = (n: number): Sample => ({
    values: sample([n], 9).values.map((v) => 1 + 0.5 * Math.tanh(v)),
    shape: [n],
  });
  const pairOf = ({ w: [kh, kw, C, O], rank }: Case): Sample[] => [
    sample([kh, kw, C, rank], 7),
    sample([1, 1, rank, O], 8),
  ];
  const droppingOf = ({ dropout }: Case) =>
    dropout === undefined ? undefined : { name: 'test', rate: dropout, seed: 21 };

  /** The sum of both branches, by plain operations. */
  function plainSum(c: Case, x: tf.Tensor, w: tf.Tensor, a: tf.Tensor, b: tf.Tensor): tf.Tensor {
    const conv = (from: tf.Tensor, kernel: tf.Tensor, stride: number, pad: 'same' | 'valid') =>
      tf.conv2d(from as tf.Tensor4D, kernel as tf.Tensor4D, stride, pad);
    const dropping = droppingOf(c);
    const into = dropping ? tf.mul(x, tf.tensor(dropoutMask(x.size, dropping.rate, dropping.seed), x.shape)) : x;
    const h = conv(into, a, c.stride, c.pad);
    return tf.add(conv(x, w, c.stride, c.pad), tf.mul(conv(h, b, 1, 'same'), SCALE));
  }
  const act = (c: Case, y: tf.Tensor): tf.Tensor => (c.activation ? ACTIVATIONS[c.activation](y) : y);
  const pair = (c: Case, a: tf.Tensor, b: tf.Tensor) => ({ a, b, scale: SCALE, dropout: droppingOf(c) });

  describe('a convolution with a low-rank pair beside it', () => {
    const inputsOf = (c: Case): Sample[] => {
      const { B, outH, outW, O } = geometryOf(c.x, c.w, c, false);
      return [sample(c.x, 1), ...pairOf(c), sample([B, outH, outW, O], 4), sample(c.w, 2)];
    };

    it.each(CASES)('$x by $w, rank $rank: a frozen norm behind both, a residual, and x passed on', async (c) => {
      const O = c.w[3];
      const rest = [sample([O], 3), sample([O], 4), sample([O], 5), positive(O)];
      const gap = await gapOf(
        [...inputsOf(c), ...rest],
        (x, a, b, residual, w, scale, shift, mean, variance) => {
          const norm = { scale: scale!, shift: shift!, mean: mean!, variance: variance!, eps: EPS };
          const o = { stride: c.stride, pad: c.pad, activation: c.activation, residual: residual!, norm };
          return lowRankConvolution(x!, w!, pair(c, a!, b!), o, true);
        },
        (x, a, b, residual, w, scale, shift, mean, variance) => {
          const unit = tf.mul(tf.sub(plainSum(c, x!, w!, a!, b!), mean!), tf.rsqrt(tf.add(variance!, EPS)));
          return [act(c, tf.add(tf.add(tf.mul(unit, scale!), shift!), residual!)), tf.clone(x!)];
        },
        [0, 1, 2, 3],
      );
      expect(gap).toBeLessThan(1e-5);
    });

    it.each([
      ['x', [0]],
      ['A', [1]],
      ['B', [2]],
      ['the pair', [1, 2]],
      ['the residual', [3]],
    ])('with a bias: gradients of %s alone', async (_, wanted) => {
      const c = CASES[0]!;
      const gap = await gapOf(
        [...inputsOf(c), sample([c.w[3]], 3)],
        (x, a, b, residual, w, bias) => {
          const o = { stride: c.stride, pad: c.pad, activation: c.activation, residual: residual!, bias: bias! };
          return lowRankConvolution(x!, w!, pair(c, a!, b!), o);
        },
        (x, a, b, residual, w, bias) => act(c, tf.add(tf.add(plainSum(c, x!, w!, a!, b!), bias!), residual!)),
        wanted,
      );
      expect(gap).toBeLessThan(1e-5);
    });

    it('takes two dispatches forward and three back within eight buffers', () => {
      const [x, w] = [tf.ones([1, 5, 5, 4]), tf.ones([1, 1, 4, 6])];
      const [a, b] = [tf.ones([1, 1, 4, 2]), tf.ones([1, 1, 2, 6])];
      const [residual, along] = [tf.ones([1, 5, 5, 6]), tf.ones([6])];
      const norm = { scale: along, shift: along, mean: along, variance: along, eps: EPS };
      const dispatches = dispatchesOf(() => {
        const tape = new Tape([x, a, b]);
        const options = { stride: 1, pad: 'same', activation: 'relu6', residual, norm } as const;
        const [y, passed] = tape.record(() => lowRankConvolution(x, w, { a, b, scale: 2 }, options, true));
        tape.backward([
          { of: passed!, dy: x },
          { of: y!, dy: y! },
        ]);
      });
      expect(dispatches.length).toBe(5);
    });
  });
});
