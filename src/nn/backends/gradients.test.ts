import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { CASES } from './gradients.cases.ts';
import { registerGradients } from './gradients.ts';
import { relativeError, resultsOn, type Sample, sample } from './testing.ts';
import { startWasm } from './wasm.ts';

beforeAll(async () => {
  registerGradients();
  await startWasm();
});

/** Gradients by central differences, in double precision outside the forward function. */
async function differences(inputs: Sample[], loss: (...x: tf.Tensor[]) => tf.Tensor, step = 1e-2): Promise<Sample[]> {
  await tf.setBackend('cpu');
  const at = (values: readonly Float32Array[]): number =>
    tf.tidy(() => loss(...values.map((v, i) => tf.tensor(v, inputs[i]!.shape))).dataSync()[0]!);
  return inputs.map((input, which) => {
    const values = inputs.map((other) => other.values.slice());
    const gradient = input.values.map((value, i) => {
      values[which]![i] = value + step;
      const above = at(values);
      values[which]![i] = value - step;
      const below = at(values);
      values[which]![i] = value;
      return (above - below) / (2 * step);
    });
    return { values: gradient, shape: input.shape };
  });
}

describe.each(CASES)('gradient of $name', ({ shapes, loss, tolerance }) => {
  const inputs = shapes.map((shape, i) => sample(shape, i + 1));
  const gradients = (...x: tf.Tensor[]): tf.Tensor[] => tf.grads(loss)(x);

  it('is the slope of the function', async () => {
    const expected = await differences(inputs, loss);
    for (const backend of ['cpu', 'wasm']) {
      const actual = await resultsOn(backend, inputs, gradients);
      actual.forEach((result, i) => {
        expect(relativeError(result, expected[i]!)).toBeLessThan(tolerance ?? 5e-3);
      });
    }
  });
});

describe('gradients', () => {
  it('are registered once', () => {
    const before = tf.getGradient(tf.AvgPool);
    registerGradients();
    expect(tf.getGradient(tf.AvgPool)).toBe(before);
  });

  it('leave no tensors behind', async () => {
    for (const backend of ['cpu', 'wasm']) {
      for (const { shapes, loss } of CASES) {
        const inputs = shapes.map((shape, i) => sample(shape, i + 1));
        await resultsOn(backend, inputs, (...x) => tf.grads(loss)(x));
        const before = tf.memory().numTensors;
        await resultsOn(backend, inputs, (...x) => tf.grads(loss)(x));
        expect(tf.memory().numTensors).toBe(before);
      }
    }
  });
});
