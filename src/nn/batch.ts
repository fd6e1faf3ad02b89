import * as tf from '@tensorflow/tfjs-core';
import type { Values } from './core.ts';

/** Typed arrays by name, as they come from a task: no tensor yet. */
export interface ArrayValue {
  data: Float32Array | Int32Array;
  shape: readonly number[];
  dtype: 'float32' | 'int32';
}
export type Batch = Readonly<Record<string, ArrayValue>>;

/** Makes a value of what lies on the device already; whoever calls disposes. */
export type DeviceValue = () => tf.Tensor;
/** A batch, some of whose values need no upload. */
export type DeviceBatch = Readonly<Record<string, ArrayValue | DeviceValue>>;

/** Brings a batch to the device; the caller disposes. */
export const upload = (batch: DeviceBatch): Values<tf.Tensor> =>
  Object.fromEntries(
    Object.entries(batch).map(([name, value]) => [
      name,
      typeof value === 'function' ? value() : tf.tensor(value.data, [...value.shape], value.dtype),
    ]),
  );
