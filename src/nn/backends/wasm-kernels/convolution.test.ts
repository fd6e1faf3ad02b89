import '../gradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { disagreement, sample } from '../testing.ts';
import { startWasm } from '../wasm.ts';
import { CONVOLUTIONS, DEPTHWISE, gradients } from './convolution.cases.ts';
import { registerWasmKernels } from './index.ts';

beforeAll(async () => {
  registerWasmKernels();
  await startWasm();
});

describe('conv2d gradients on WebAssembly match the CPU', () => {
  it.each(CONVOLUTIONS)('x %j, filter %j, strides %j, pad %j', async (x, w, strides, pad) => {
    const compute = gradients((a, b) => tf.conv2d(a, b, strides, pad));
    expect(await disagreement('wasm', [sample(x, 1), sample(w, 2)], compute)).toBeLessThan(2e-6);
  });
});

describe('depthwise gradients on WebAssembly match the CPU', () => {
  it.each(DEPTHWISE)('x %j, filter %j, strides %j, pad %j, dilation %i', async (x, w, strides, pad, dilation) => {
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
