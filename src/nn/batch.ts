import * as tf from '@tensorflow/tfjs-core';
import type { Values } from './core.ts';

/** Typed arrays by name, as they come from a task: no tensor yet. */
export interface ArrayValue {
  data: Float32Array | Int32Array;
  shape: readonly number[];
  dtype: 'float32' | 'int32';
}
export type Batch = Readonly<Record<string, ArrayValue>>;

/** Uploads a batch; the caller disposes. */
export const upload = (batch: Batch): Values<tf.Tensor> =>
  Object.fromEntries(
    Object.entries(batch).map(([name, { data, shape, dtype }]) => [name, tf.tensor(data, [...shape], dtype)]),
  );
