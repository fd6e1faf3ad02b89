import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackend, stopBackend } from '../backends/index.ts';
import { sample } from '../backends/testing.ts';
import { Tape } from '../tape.ts';
import { trainingBackend } from './backend.ts';
import { linear } from './linear.ts';
import { dropoutMask } from './random.ts';
import { dispatchesOf, gapOf, startIn } from './testing.ts';
import { WAYS } from './way.ts';

beforeAll(async () => {
  await startBackend('webgpu');
});
afterAll(stopBackend);

const CLOSE = 1e-5;
const plain = {
  relu6: (x: tf.Tensor) => tf.relu6(x),
  gelu: (x: tf.Tensor) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)),
};
const dense = (x: tf.Tensor, w: tf.Tensor, b?: tf.Tensor, transposed = false) => {
  const rows = tf.reshape(x, [-1, x.shape.at(-1)!]) as tf.Tensor2D;
  const y = tf.matMul(rows, w as tf.Tensor2D, false, transposed);
  return tf.reshape(b ? tf.add(y, b) : y, [...x.shape.slice(0, -1), y.shape[1]!]);
};

describe('a linear layer', () => {
  it.each(['relu6', 'gelu'] as const)('with a bias and %s', async (activation) => {
    const inputs = [sample([2, 17, 19], 1), sample([19, 45], 2), sample([45], 3)];
    const gap = await gapOf(
      inputs,
      (x, w, b) => linear(x!, { weights: [w!], biases: [b!], activation }),
      (x, w, b) => plain[activation](dense(x!, w!, b)),
    );
    expect(gap).toBeLessThan(CLOSE);
  });

  it.each([
    [5, 70, 3],
    [64, 64, 64],
    [1, 1, 1],
  ])('over %i rows of %i, to %i by a transposed weight, and a residual', async (rows, inputs, outputs) => {
    const gap = await gapOf(
      [sample([rows, inputs], 1), sample([outputs, inputs], 2), sample([rows, outputs], 3)],
      (x, w, r) => linear(x!, { weights: [w!], transposed: true, residual: r! }),
      (x, w, r) => tf.add(dense(x!, w!, undefined, true), r!),
    );
    expect(gap).toBeLessThan(CLOSE);
  });

  it('with large tiles', async () => {
    const inputs = [sample([513, 33], 1), sample([33, 515], 2), sample([515], 3)];
    const gap = await gapOf(
      inputs,
      (x, w, b) => linear(x!, { weights: [w!], biases: [b!], activation: 'gelu' }),
      (x, w, b) => plain.gelu(dense(x!, w!, b)),
    );
    expect(gap).toBeLessThan(CLOSE);
  });

  const beside = [[20, 23], [20, 7], [20, 40], [23], [7], [40]].map((shape, i) => sample(shape, i + 2));
  const inputs = [sample([3, 13, 20], 1), ...beside];
  const ours = (x: tf.Tensor, ws: tf.Tensor[]) => linear(x, { weights: ws.slice(0, 3), biases: ws.slice(3) });
  const apart = (x: tf.Tensor, ws: tf.Tensor[]) =>
    tf.concat(
      [0, 1, 2].map((i) => dense(x, ws[i]!, ws[i + 3])),
      -1,
    );
  it.each([
    ['all', [0, 1, 2, 3, 4, 5, 6]],
    ['x', [0]],
    ['one weight', [2]],
    ['two biases', [4, 6]],
    ['x and biases', [0, 4, 5, 6]],
    ['weights', [1, 2, 3]],
  ])('with three weights of different widths side by side, gradients of %s', async (_, wanted) => {
    expect(
      await gapOf(
        inputs,
        (x, ...ws) => ours(x!, ws),
        (x, ...ws) => apart(x!, ws),
        wanted,
      ),
    ).toBeLessThan(CLOSE);
  });

  it('takes one dispatch forward and one back, two back with three weights', () => {
    const count = (weights: number, wanted: 'all' | 'x') => {
      const x = tf.ones([6, 5]);
      const ws = Array.from({ length: weights }, () => tf.ones([5, 4]));
      const bs = Array.from({ length: weights }, () => tf.ones([4]));
      const [dy, xs] = [tf.ones([6, 4 * weights]), wanted === 'x' ? [x] : [x, ...ws, ...bs]];
      return dispatchesOf(() => {
        const tape = new Tape(xs);
        const y = tape.record(() => linear(x, { weights: ws, biases: bs }));
        tape.backward([{ of: y, dy }]);
      }).length;
    };
    // x, dy, three weights and seven gradients are bound in one where a stage may have so many buffers
    const three = trainingBackend()!.device.limits.maxStorageBuffersPerShaderStage < 12 ? 3 : 2;
    expect([count(1, 'all'), count(3, 'all'), count(3, 'x')]).toEqual([2, three, 2]);
  });
});

describe.each(WAYS)('low-rank pairs beside a linear layer, threads %s', (way) => {
  beforeAll(() => startIn(way));

  const lowRank = (a: tf.Tensor, b: tf.Tensor) => ({ a, b, scale: 0.7 });
  const beside = (x: tf.Tensor, a: tf.Tensor, b: tf.Tensor) => tf.mul(dense(dense(x, a), b), 0.7);
  const dropout = { name: 'test', rate: 0.3, seed: 21 };
  const kept = () => tf.tensor(dropoutMask(2 * 17 * 19, dropout.rate, dropout.seed), [2, 17, 19]);

  it.each([
    ['everything', [0, 1, 2, 3, 4]],
    ['the pair', [3, 4]],
    ['x and the pair', [0, 3, 4]],
    ['A', [3]],
    ['B', [4]],
  ])('of one weight with an activation and dropout, gradients of %s', async (_, wanted) => {
    const inputs = [[2, 17, 19], [19, 45], [45], [19, 5], [5, 45]].map((shape, i) => sample(shape, i + 1));
    const gap = await gapOf(
      inputs,
      (x, w, bias, a, b) =>
        linear(x!, { weights: [w!], biases: [bias!], activation: 'gelu', lowRank: [lowRank(a!, b!)], dropout }),
      (x, w, bias, a, b) => plain.gelu(tf.add(dense(x!, w!, bias), beside(tf.mul(x!, kept()), a!, b!))),
      wanted,
    );
    expect(gap).toBeLessThan(CLOSE);
  });

  const shapes = [
    [13, 20],
    [20, 23],
    [20, 7],
    [20, 40],
    [23],
    [7],
    [40],
    [20, 3],
    [3, 23],
    [20, 6],
    [6, 40],
    [20, 2],
    [2, 7],
  ];
  const inputs = shapes.map((shape, i) => sample(shape, i + 1));
  it.each([
    ['two of three weights', 2, [0, 7, 8, 9, 10]],
    ['three weights', 3, [0, 1, 4, 7, 8, 9, 10, 11, 12]],
  ])('of %s', async (_, pairs, wanted) => {
    const gap = await gapOf(
      inputs,
      (x, w0, w1, w2, b0, b1, b2, a0, up0, a2, up2, a1, up1) =>
        linear(x!, {
          weights: [w0!, w1!, w2!],
          biases: [b0!, b1!, b2!],
          lowRank: [lowRank(a0!, up0!), pairs === 3 ? lowRank(a1!, up1!) : undefined, lowRank(a2!, up2!)],
        }),
      (x, w0, w1, w2, b0, b1, b2, a0, up0, a2, up2, a1, up1) => {
        const middle = dense(x!, w1!, b1);
        return tf.concat(
          [
            tf.add(dense(x!, w0!, b0), beside(x!, a0!, up0!)),
            pairs === 3 ? tf.add(middle, beside(x!, a1!, up1!)) : middle,
            tf.add(dense(x!, w2!, b2), beside(x!, a2!, up2!)),
          ],
          -1,
        );
      },
      wanted,
    );
    expect(gap).toBeLessThan(CLOSE);
  });

  it('of a result with more tiles than few', async () => {
    const shapes = [
      [300, 9],
      [9, 230],
      [9, 3],
      [3, 230],
    ];
    const gap = await gapOf(
      shapes.map((shape, i) => sample(shape, i + 1)),
      (x, w, a, b) => linear(x!, { weights: [w!], lowRank: [lowRank(a!, b!)] }),
      (x, w, a, b) => tf.add(dense(x!, w!), beside(x!, a!, b!)),
      [0, 2, 3],
    );
    expect(gap).toBeLessThan(CLOSE);
  });

  it('takes a dispatch forward where results are few, else two, and two back where the weight is frozen', () => {
    const count = (rows: number) => {
      const [x, w, a, b] = [tf.ones([rows, 5]), tf.ones([5, 4]), tf.ones([5, 2]), tf.ones([2, 4])];
      return dispatchesOf(() => {
        const tape = new Tape([x, a, b]);
        const y = tape.record(() => linear(x, { weights: [w], lowRank: [{ a, b, scale: 2 }] }));
        tape.backward([{ of: y, dy: y }]);
      }).length;
    };
    expect([count(6), count(3000)]).toEqual([3, 4]);
  });
});
