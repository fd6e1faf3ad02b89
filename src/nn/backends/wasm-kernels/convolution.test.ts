import '../gradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { disagreement, sample, weigh } from '../testing.ts';
import { startWasm } from '../wasm.ts';
import { registerWasmKernels } from './index.ts';

type Pad = 'same' | 'valid' | number | [[0, 0], [number, number], [number, number], [0, 0]];

const uneven: Pad = [
  [0, 0],
  [1, 2],
  [0, 1],
  [0, 0],
];

beforeAll(async () => {
  registerWasmKernels();
  await startWasm();
});

/** Gradients by both operands, of a weighted sum so that dy is not uniform. */
function gradients(f: (x: tf.Tensor4D, w: tf.Tensor4D) => tf.Tensor) {
  return (x: tf.Tensor, w: tf.Tensor): tf.Tensor[] =>
    tf.grads((a, b) => weigh(f(a as tf.Tensor4D, b as tf.Tensor4D)))([x, w]);
}

describe('conv2d gradients on WebAssembly match the CPU', () => {
  const cases: [number[], number[], number | [number, number], Pad][] = [
    [[2, 7, 5, 3], [3, 3, 3, 5], 1, 'same'],
    [[2, 7, 5, 3], [3, 3, 3, 5], 2, 'same'],
    [[1, 8, 9, 5], [3, 3, 5, 9], 2, 'valid'],
    [[2, 9, 7, 1], [5, 3, 1, 8], 1, 'valid'],
    [[2, 6, 6, 3], [1, 1, 3, 7], 1, 'same'],
    [[2, 7, 6, 3], [1, 1, 3, 7], 2, 'same'],
    [[1, 6, 8, 4], [2, 2, 4, 3], 1, 'same'],
    [[1, 9, 9, 2], [5, 5, 2, 3], [2, 1], 'same'],
    [[1, 6, 7, 3], [3, 3, 3, 4], 1, 1],
    [[1, 6, 7, 3], [3, 3, 3, 4], 2, uneven],
    [[1, 6, 7, 3], [3, 3, 3, 4], 1, uneven],
    [[1, 7, 7, 2], [2, 2, 2, 3], 3, 'valid'],
    [[1, 4, 5, 2], [2, 2, 2, 3], 1, 3],
  ];
  it.each(cases)('x %j, filter %j, strides %j, pad %j', async (x, w, strides, pad) => {
    const compute = gradients((a, b) => tf.conv2d(a, b, strides, pad));
    expect(await disagreement('wasm', [sample(x, 1), sample(w, 2)], compute)).toBeLessThan(2e-6);
  });
});

describe('depthwise gradients on WebAssembly match the CPU', () => {
  const cases: [number[], number[], number | [number, number], Pad, number][] = [
    [[2, 7, 5, 3], [3, 3, 3, 1], 1, 'same', 1],
    [[2, 7, 5, 21], [3, 3, 21, 1], 2, 'same', 1],
    [[1, 8, 9, 5], [5, 5, 5, 1], 2, 'same', 1],
    [[1, 8, 9, 5], [5, 5, 5, 1], 1, 'valid', 1],
    [[2, 9, 7, 1], [3, 3, 1, 1], 2, 'valid', 1],
    [[2, 6, 7, 3], [3, 3, 3, 2], 1, 'same', 1],
    [[2, 7, 6, 3], [3, 3, 3, 2], 2, 'same', 1],
    [[1, 7, 6, 5], [3, 3, 5, 1], 1, uneven, 1],
    [[1, 7, 6, 5], [3, 3, 5, 1], 2, uneven, 1],
  ];
  it.each(cases)('x %j, filter %j, strides %j, pad %j, dilation %i', async (x, w, strides, pad, dilation) => {
    const compute = gradients((a, b) => tf.depthwiseConv2d(a, b, strides, pad, 'NHWC', dilation));
    expect(await disagreement('wasm', [sample(x, 1), sample(w, 2)], compute)).toBeLessThan(2e-6);
  });
});

describe('maxPool gradients on WebAssembly match the CPU', () => {
  const cases: [number[], number, number, 'same' | 'valid' | number][] = [
    [[2, 7, 5, 3], 3, 2, 'same'],
    [[2, 8, 6, 1], 2, 2, 'valid'],
    [[1, 7, 7, 5], 3, 1, 'same'],
    [[1, 7, 7, 5], 3, 2, 1],
  ];
  it.each(cases)('x %j, window %i, stride %i, pad %j', async (x, window, stride, pad) => {
    const compute = (a: tf.Tensor): tf.Tensor =>
      tf.grad((t) => tf.sum(tf.square(tf.maxPool(t as tf.Tensor4D, window, stride, pad))))(a);
    expect(await disagreement('wasm', [sample(x)], compute)).toBeLessThan(2e-6);
  });

  it('sends the gradient of a tie to the first, as the CPU does', async () => {
    const flat = { values: new Float32Array(48).fill(1), shape: [1, 4, 4, 3] };
    const compute = (a: tf.Tensor): tf.Tensor => tf.grad((t) => tf.sum(tf.maxPool(t as tf.Tensor4D, 2, 2, 'valid')))(a);
    expect(await disagreement('wasm', [flat], compute)).toBe(0);
  });
});
