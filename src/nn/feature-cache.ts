import * as tf from '@tensorflow/tfjs-core';
import type { RowFile } from '../lib/row-file.ts';
import type { ArrayInput, FeatureCache } from './input.ts';
import type { Network } from './network.ts';
import { sizeOf } from './profile.ts';

export interface CacheRequest {
  boundary: number;
  /** In the order of the rows. */
  inputs: AsyncIterable<ArrayInput>;
  /** Where it goes, decided beforehand from `cacheBytes`. */
  place: 'device' | 'disk';
  /** Makes the file that a value's rows go to; needed for `disk`. */
  openFile(value: string): Promise<RowFile>;
}

/** Runs the prefix once over all inputs and keeps what later stages read. */
export async function cacheFeatures(network: Network, request: CacheRequest): Promise<FeatureCache> {
  return request.place === 'device' ? onDevice(network, request) : onDisk(network, request);
}

async function onDevice(network: Network, { boundary, inputs }: CacheRequest): Promise<FeatureCache> {
  const parts: Record<string, tf.Tensor[]> = {};
  try {
    for await (const input of inputs) {
      const values = network.until(boundary, input);
      for (const [name, tensor] of Object.entries(values)) {
        parts[name] ??= [];
        parts[name].push(tensor);
      }
    }
  } catch (error) {
    tf.dispose(Object.values(parts).flat());
    throw error;
  }
  const whole: Record<string, tf.Tensor> = {};
  for (const [name, tensors] of Object.entries(parts)) {
    whole[name] = tensors.length === 1 ? tensors[0]! : tf.concat(tensors, 0);
    if (tensors.length > 1) tf.dispose(tensors);
  }
  const bytes = Object.values(whole).reduce((sum, tensor) => sum + 4 * tensor.size, 0);
  return {
    boundary,
    bytes,
    place: 'device',
    rows: (rows) =>
      tf.tidy(() => {
        const ids = tf.tensor1d(rows, 'int32');
        return Object.fromEntries(Object.entries(whole).map(([name, tensor]) => [name, tf.gather(tensor, ids)]));
      }),
    dispose: () => tf.dispose(Object.values(whole)),
  };
}

async function onDisk(network: Network, { boundary, inputs, openFile }: CacheRequest): Promise<FeatureCache> {
  const files = new Map<string, { file: RowFile; shape: number[]; dtype: tf.DataType }>();
  let done = 0;
  let bytes = 0;
  const close = () => {
    for (const { file } of files.values()) file.close();
  };
  try {
    for await (const input of inputs) {
      const values = network.until(boundary, input);
      let rows = 0;
      for (const [name, tensor] of Object.entries(values)) {
        if (!files.has(name))
          files.set(name, { file: await openFile(name), shape: tensor.shape.slice(1), dtype: tensor.dtype });
        const data = (await tensor.data()) as Float32Array;
        rows = tensor.shape[0]!;
        files.get(name)!.file.write(done * sizeOf(tensor.shape.slice(1)), data);
        bytes += 4 * tensor.size;
        tensor.dispose();
      }
      done += rows;
    }
  } catch (error) {
    close();
    throw error;
  }
  return {
    boundary,
    bytes,
    place: 'disk',
    rows: (rows) =>
      Object.fromEntries(
        [...files].map(([name, { file, shape, dtype }]) => {
          const width = sizeOf(shape);
          const data = dtype === 'int32' ? new Int32Array(rows.length * width) : new Float32Array(rows.length * width);
          rows.forEach((row, i) => {
            file.read(row * width, data.subarray(i * width, (i + 1) * width));
          });
          return [name, tf.tensor(data, [rows.length, ...shape], dtype)];
        }),
      ),
    dispose: close,
  };
}
