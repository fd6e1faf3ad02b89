import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { derive } from '../../derive.ts';
import { Constants, type RunOptions, runOps, runPrims } from '../../run.ts';
import { registerGradients } from '../gradients.ts';
import { layerNorm } from '../layer-norm.ts';
import { disagreement, resultsOn, type Sample, sample, weigh } from '../testing.ts';
import { startWasm } from '../wasm.ts';

beforeAll(async () => {
  registerGradients();
  await startWasm();
});

const EPS = 1e-5;
type Norm = (...tensors: tf.Tensor[]) => tf.Tensor;
const fused: Norm = (x, weight, bias) => layerNorm(x!, weight!, bias!, EPS);
const optionsOf = (weight: tf.Tensor, bias: tf.Tensor): RunOptions => ({
  weight: (name) => (name === 'n.weight' ? weight : bias),
  constants: new Constants(),
});
/** What every backend can do: primitives alone. */
const composed: Norm = (x, weight, bias) =>
  derive(runPrims(optionsOf(weight!, bias!))).layerNorm('n', x!, { eps: EPS });

const inputsOf = (shape: number[]): Sample[] => {
  const width = [shape.at(-1)!];
  return [sample(shape, 1), sample(width, 2), sample(width, 3)];
};
const gradients =
  (norm: Norm) =>
  (...tensors: tf.Tensor[]): tf.Tensor[] =>
    tf.grads((...t) => weigh(norm(...t)))(tensors);

/** Widths of one, under a vector, of whole vectors and blocks, and the rests of both; one row and none. */
const SHAPES = [
  [2, 1],
  [5, 3],
  [1, 4],
  [7, 5],
  [2, 3, 16],
  [3, 2, 23],
  [2, 384],
  [1, 3, 129],
  [0, 8],
];

/** Of the case below, y and the gradients for x, weight and bias: `layer_norm` of PyTorch 2.13 in double precision. */
const PYTORCH: readonly (readonly number[])[] = [
  [
    -0.3549134, 0.4929808, -0.2648222, -4.215278, 1.340875, 0.2154832, -0.7027622, 0.8722251, -0.2014066, -3.908235,
    1.680563, 0.2076343,
  ],
  [
    0.8043219, -0.1833866, -0.3335344, -0.8707993, 0.6897531, -0.1063547, -1.042801, -1.194565, 0.41853, 0.6422629,
    1.181266, -0.004692807,
  ],
  [1.050611, 0.06388747, 4.537898, 1.571759, -0.6489998, 1.755261],
  [-1, 1, 3, -1, 1.5, 2],
];

describe('layer normalisation on WebAssembly', () => {
  it.each(SHAPES)('of shape %j, %j equals its composition on the CPU', async (...shape) => {
    expect(await disagreement('wasm', inputsOf(shape), fused, composed)).toBeLessThan(1e-5);
  });

  // of one channel nothing is left but rounding, which 1 / √ε makes large
  const several = SHAPES.filter((shape) => shape.at(-1) !== 1);
  it.each(several)('of shape %j, %j has the gradients of its composition', async (...shape) => {
    expect(await disagreement('wasm', inputsOf(shape), gradients(fused), gradients(composed))).toBeLessThan(1e-5);
  });

  it('equals PyTorch, and so do its gradients', async () => {
    const x = { values: Float32Array.of(1, 2, 4, -1, 0.5, 3, 1000, 1001, 1003, 999, 1000.5, 1002), shape: [2, 6] };
    const weight = { values: Float32Array.of(1, -2, 0.5, 3, 1, 0.25), shape: [6] };
    const bias = { values: Float32Array.of(0, 1, -1, 0.5, 2, 0), shape: [6] };
    const dy = Float32Array.of(1, 0, 2, -1, 0.5, 3, -2, 1, 1, 0, 1, -1);
    const of = (...t: tf.Tensor[]) => tf.sum(tf.mul(fused(...t), tf.tensor(dy, [2, 6])));
    const [y] = await resultsOn('wasm', [x, weight, bias], fused);
    const found = [y!, ...(await resultsOn('wasm', [x, weight, bias], (...t) => tf.grads(of)(t)))];
    expect(found).toHaveLength(4);
    PYTORCH.forEach((expected, i) => {
      expected.forEach((value, k) => {
        expect(Math.abs(found[i]!.values[k]! - value), `${i}, ${k}`).toBeLessThan(1e-4);
      });
    });
  });

  it('is what a network runs on this backend, with nothing between its input and its output', async () => {
    await tf.setBackend('wasm');
    const [x, weight, bias] = inputsOf([3, 5]).map(({ values, shape }) => tf.tensor(values, shape));
    const { kernels } = await tf.profile(() =>
      tf.tidy(() => runOps(optionsOf(weight!, bias!)).layerNorm('n', x!, { eps: EPS })),
    );
    expect(kernels.map(({ name }) => name)).toEqual(['LayerNorm']);
    tf.dispose([x!, weight!, bias!]);
  });
});
