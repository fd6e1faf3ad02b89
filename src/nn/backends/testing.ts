/** Shared by the tests of this folder: seeded values, and one computation on two backends. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { normal } from '../../lib/random.ts';

export interface Sample {
  values: Float32Array;
  shape: number[];
}

/** Standard normal values of a shape, the same for the same seed. */
export function sample(shape: number[], seed = 1): Sample {
  const next = normal(seed);
  return { values: Float32Array.from({ length: tf.util.sizeFromShape(shape) }, next), shape };
}

/** The results of `compute` on a backend, as plain arrays; disposes of everything. */
export async function resultsOn(
  backend: string,
  inputs: readonly Sample[],
  compute: (...tensors: tf.Tensor[]) => tf.Tensor | tf.Tensor[],
): Promise<Sample[]> {
  await tf.setBackend(backend);
  const tensors = inputs.map(({ values, shape }) => tf.tensor(values.slice(), shape));
  const results = [tf.tidy(() => compute(...tensors))].flat();
  const read = await Promise.all(
    results.map(async (result) => ({ values: Float32Array.from(await result.data()), shape: result.shape })),
  );
  tf.dispose([...tensors, ...results]);
  return read;
}

/** Greatest difference over the greatest magnitude of the reference; infinite when shapes differ. */
export function relativeError(actual: Sample, expected: Sample): number {
  if (actual.shape.join() !== expected.shape.join()) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let magnitude = 1e-6;
  expected.values.forEach((value, i) => {
    const gap = Math.abs(value - actual.values[i]!);
    difference = Number.isNaN(gap) ? Number.POSITIVE_INFINITY : Math.max(difference, gap);
    magnitude = Math.max(magnitude, Math.abs(value));
  });
  return difference / magnitude;
}

/** The greatest relative error over the results of one computation on two backends. */
export async function disagreement(
  backend: string,
  inputs: readonly Sample[],
  compute: (...tensors: tf.Tensor[]) => tf.Tensor | tf.Tensor[],
  reference: (...tensors: tf.Tensor[]) => tf.Tensor | tf.Tensor[] = compute,
): Promise<number> {
  const expected = await resultsOn('cpu', inputs, reference);
  const actual = await resultsOn(backend, inputs, compute);
  if (actual.length !== expected.length || expected.length === 0) return Number.POSITIVE_INFINITY;
  return Math.max(...actual.map((result, i) => relativeError(result, expected[i]!)));
}

/** A weighted sum, so that upstream gradients differ. The weights are made here: WGSL's own sine is good to 2^-11. */
export function weigh(y: tf.Tensor): tf.Tensor {
  const weights = Float32Array.from({ length: y.size }, (_, i) => Math.sin(i + 1));
  return tf.sum(tf.mul(y, tf.tensor(weights, y.shape)));
}
