import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackend, stopBackend } from '../backends/index.ts';
import { relativeError, resultsOn, type Sample } from '../backends/testing.ts';
import type { Activation } from '../core.ts';
import { activationText, needsInput } from './activations.ts';
import { trainingBackend } from './backend.ts';
import { reads, writes } from './kernel.ts';
import { faultless } from './testing.ts';

beforeAll(async () => {
  await startBackend('webgpu');
});
afterAll(stopBackend);

const half = (x: tf.Tensor, of: tf.Tensor) => tf.mul(tf.mul(x, 0.5), tf.add(of, 1));
const plain: Record<Activation, (x: tf.Tensor) => tf.Tensor> = {
  relu: (x) => tf.relu(x),
  relu6: (x) => tf.relu6(x),
  tanh: (x) => tf.tanh(x),
  sigmoid: (x) => tf.sigmoid(x),
  silu: (x) => tf.mul(x, tf.sigmoid(x)),
  gelu: (x) => half(x, tf.erf(tf.mul(x, Math.SQRT1_2))),
  gelu_new: (x) => half(x, tf.tanh(tf.mul(Math.sqrt(2 / Math.PI), tf.add(x, tf.mul(0.044715, tf.pow(x, 3)))))),
};
/** From where exponentials overflow to where nothing is left, and closely where it bends. */
const x: Sample = {
  values: Float32Array.from({ length: 203 }, (_, i) => (i < 2 ? (i - 0.5) * 1000 : (i - 102) * 0.11 + 0.01)),
  shape: [203],
};

describe('activations', () => {
  it.each(Object.keys(plain) as Activation[])('%s and its slope', async (activation) => {
    const f = plain[activation];
    const expected = await resultsOn('cpu', [x], (t) => [f(t), tf.grad(f)(t)]);
    const actual = await faultless(() =>
      resultsOn('webgpu', [x], (t) => {
        const backend = trainingBackend()!;
        const outputs = [backend.make(t.shape), backend.make(t.shape)];
        const source = () => ({
          buffers: [reads('x'), writes('y'), writes('d')],
          declarations: activationText(activation),
          main: `if (gid < ${t.size}) { y[gid] = activate(x[gid]); d[gid] = slope(${needsInput(activation) ? 'x' : 'y'}[gid]); }`,
        });
        backend.dispatch(`test.${activation}`, source, [t, ...outputs], [], Math.ceil(t.size / 64));
        return outputs.map((info) => tf.engine().makeTensorFromTensorInfo(info));
      }),
    );
    const errors = actual.map((result, i) => relativeError(result, expected[i]!));
    expect(Math.max(...errors)).toBeLessThan(1e-5);
  });
});
