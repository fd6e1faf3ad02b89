import '../gradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { disagreement, relativeError, resultsOn, sample } from '../testing.ts';
import { startWasm } from '../wasm.ts';

beforeAll(async () => {
  await startWasm();
});

const multiply =
  (transposeA: boolean, transposeB: boolean) =>
  (a: tf.Tensor, b: tf.Tensor): tf.Tensor =>
    tf.engine().runKernel('BatchMatMul', { a, b }, { transposeA, transposeB }) as tf.Tensor;

describe('products on WebAssembly match the CPU', () => {
  const cases: [number[], number[], boolean, boolean][] = [
    [[7, 5], [9, 5], false, true],
    [[5, 7], [5, 9], true, false],
    [[5, 7], [9, 5], true, true],
    [[7, 5], [5, 9], false, false],
    [[1, 1], [1, 1], true, true],
    [[300, 9], [300, 17], true, false],
    [[601, 3], [601, 8], true, false],
    [[48, 61], [48, 9], true, false],
    [[49, 61], [49, 9], true, false],
    [[9, 530], [33, 530], false, true],
    [[4, 3, 5], [4, 5, 6], false, false],
    [[4, 3, 5], [4, 7, 5], false, true],
    [[4, 5, 3], [4, 5, 6], true, false],
    [[2, 3, 6, 5], [2, 3, 7, 5], false, true],
    [[1, 6, 4], [5, 7, 4], false, true],
    [[5, 4, 6], [1, 4, 9], true, false],
    [[520, 3, 2], [520, 2, 3], false, false],
  ];
  it.each(cases)('%j x %j, transposed %s and %s', async (a, b, transposeA, transposeB) => {
    const error = await disagreement('wasm', [sample(a, 1), sample(b, 2)], multiply(transposeA, transposeB));
    expect(error).toBeLessThan(2e-6);
  });

  it('passes the blocks of the caches: wide, deep and tall', async () => {
    const [a, b] = [sample([300, 40], 1), sample([300, 4100], 2)];
    expect(await disagreement('wasm', [a, b], multiply(true, false))).toBeLessThan(2e-6);
    const tall = [sample([3000, 20], 3), sample([11, 20], 4)];
    expect(await disagreement('wasm', tall, multiply(false, true))).toBeLessThan(2e-6);
  });

  it('broadcasts on both sides', async () => {
    const [a, b] = [sample([2, 1, 3, 4], 1), sample([3, 4, 5], 2)];
    const [actual] = await resultsOn('wasm', [a, b], multiply(false, false));
    const [expected] = await resultsOn('cpu', [a, b], (x, y) =>
      tf.stack(
        tf.unstack(x).map((one) => tf.stack(tf.unstack(y).map((matrix) => tf.matMul(tf.squeeze(one, [0]), matrix)))),
      ),
    );
    expect(relativeError(actual!, expected!)).toBeLessThan(2e-6);
  });

  it('multiplies again after the heap has grown', async () => {
    const inputs = [sample([31, 17], 1), sample([23, 17], 2)];
    const [before] = await resultsOn('wasm', inputs, multiply(false, true));
    const large = tf.zeros([64 * 1024 * 1024]);
    const [after] = await resultsOn('wasm', inputs, multiply(false, true));
    large.dispose();
    expect(relativeError(after!, before!)).toBe(0);
  });
});

describe('fused products on WebAssembly match the CPU', () => {
  const cases: ['linear' | 'relu' | 'relu6' | 'elu' | 'sigmoid' | 'leakyrelu', boolean, boolean, boolean][] = [
    ['linear', false, true, true],
    ['relu', true, false, true],
    ['relu6', true, true, false],
    ['sigmoid', false, false, true],
    ['leakyrelu', false, true, true],
    ['elu', false, true, true],
  ];
  it.each(cases)('%s, transposed %s and %s, bias %s', async (activation, transposeA, transposeB, biased) => {
    const inputs = [sample(transposeA ? [4, 6] : [6, 4], 1), sample(transposeB ? [5, 4] : [4, 5], 2), sample([5], 3)];
    const compute = (a: tf.Tensor, b: tf.Tensor, bias: tf.Tensor): tf.Tensor =>
      tf.fused.matMul({ a, b, transposeA, transposeB, activation, ...(biased ? { bias } : {}) });
    expect(await disagreement('wasm', inputs, compute)).toBeLessThan(2e-6);
  });

  it('batched', async () => {
    const inputs = [sample([3, 6, 4], 1), sample([3, 4, 5], 2), sample([5], 3)];
    const compute = (a: tf.Tensor, b: tf.Tensor, bias: tf.Tensor): tf.Tensor =>
      tf.fused.matMul({ a, b, bias, activation: 'relu' });
    expect(await disagreement('wasm', inputs, compute)).toBeLessThan(2e-6);
  });
});

describe('sums on WebAssembly match the CPU', () => {
  const cases: [number[], number[]][] = [
    [[1030, 21], [0]],
    [
      [3, 5, 7, 9],
      [1, 2],
    ],
    [
      [3, 5, 7, 9],
      [0, 1, 2],
    ],
    [
      [3, 5, 7, 9],
      [0, 2],
    ],
    [[3, 5, 7, 9], [3]],
    [[3, 5, 7, 9], [1]],
    [
      [3, 5, 7, 1],
      [1, 2],
    ],
    [[6], [0]],
    [
      [4, 5],
      [0, 1],
    ],
  ];
  it.each(cases)('%j over %j', async (shape, axes) => {
    const both = (x: tf.Tensor): tf.Tensor[] => [tf.sum(x, axes), tf.mean(x, axes), tf.sum(x, axes, true)];
    expect(await disagreement('wasm', [sample(shape)], both)).toBeLessThan(2e-6);
  });

  it('of integers', async () => {
    await tf.setBackend('wasm');
    const x = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3], 'int32');
    expect(Array.from(await tf.sum(x, 0).data())).toEqual([5, 7, 9]);
    expect(Array.from(await tf.mean(x, 0).data())).toEqual([2.5, 3.5, 4.5]);
  });
});

describe('the gradient of gather on WebAssembly matches the CPU', () => {
  it.each([0, 1])('axis %i, ids repeated', async (axis) => {
    const compute = (x: tf.Tensor): tf.Tensor =>
      tf.grad((t) => tf.sum(tf.square(tf.gather(t, tf.tensor1d([2, 0, 2, 1], 'int32'), axis))))(x);
    expect(await disagreement('wasm', [sample([4, 5, 3])], compute)).toBeLessThan(2e-6);
  });
});
