/** Shared by the tests of kernels: values and all gradients, against plain operations on tfjs's CPU backend. */
import * as tf from '@tensorflow/tfjs-core';
import { startBackend } from '../backends/index.ts';
import { relativeError, resultsOn, type Sample, weigh } from '../backends/testing.ts';
import { gradients } from '../tape.ts';
import { trainingBackend } from './backend.ts';
import { hasSubgroups, ROW_WAYS, type RowWay, setWays, WAYS } from './way.ts';

export type Compute = (...xs: tf.Tensor[]) => tf.Tensor | tf.Tensor[];

const adapter = await globalThis.navigator?.gpu?.requestAdapter();
/** The ways of a row that the adapter can go. */
export const OPEN_ROW_WAYS: readonly RowWay[] = adapter && hasSubgroups(adapter) ? ROW_WAYS : WAYS;

/** Starts WebGPU in one way, whatever its device was measured to do faster. */
export async function startIn(way: RowWay): Promise<void> {
  await startBackend('webgpu');
  setWays(trainingBackend()!, { products: way === 'subgroups' ? 'shared' : way, rows: way, weights: 'wide' });
}

/** Every result of `compute`, and the gradients by `xs` of their weighted sums. */
function withGradients(compute: Compute, xs: tf.Tensor[]): tf.Tensor[] {
  let results: tf.Tensor[] = [];
  const loss = () => {
    results = [compute(...xs)].flat();
    for (const result of results) tf.keep(result);
    return results.map(weigh).reduce((a, b) => tf.add(a, b)) as tf.Scalar;
  };
  const { grads } = gradients(loss, xs, tf.scalar(1));
  return [...results, ...grads.map((grad) => grad!)];
}

/** Runs on WebGPU, and fails with the device's own words where a kernel is not valid: results would be zeros. */
export async function faultless<T>(run: () => Promise<T>): Promise<T> {
  await tf.setBackend('webgpu');
  const { device } = trainingBackend()!;
  device.pushErrorScope('validation');
  const result = await run();
  const fault = await device.popErrorScope();
  if (fault) throw new Error(fault.message);
  return result;
}

/**
 * The greatest relative error of values and gradients by the first `wanted` inputs, of `ours` on WebGPU against
 * `plain` on the CPU.
 */
export async function gapOf(
  inputs: readonly Sample[],
  ours: Compute,
  plain: Compute,
  wanted: readonly number[] = inputs.map((_, i) => i),
): Promise<number> {
  const part =
    (compute: Compute) =>
    (...all: tf.Tensor[]) =>
      withGradients(
        (...xs) => compute(...all.map((x, i) => (wanted.includes(i) ? xs[wanted.indexOf(i)]! : x))),
        wanted.map((i) => all[i]!),
      );
  const expected = await resultsOn('cpu', inputs, part(plain));
  const actual = await faultless(() => resultsOn('webgpu', inputs, part(ours)));
  if (actual.length !== expected.length || expected.length === 0) return Number.POSITIVE_INFINITY;
  return Math.max(...actual.map((result, i) => relativeError(result, expected[i]!)));
}

/** The kernels that `run` dispatches. */
export function dispatchesOf(run: () => void): string[] {
  const backend = trainingBackend()!;
  const names: string[] = [];
  backend.onDispatch = (kernel) => names.push(kernel);
  try {
    run();
  } finally {
    backend.onDispatch = undefined;
  }
  return names;
}
