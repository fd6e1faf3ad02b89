import * as tf from '@tensorflow/tfjs-core';
import { type Batch, type DeviceBatch, upload } from './batch.ts';
import type { Values } from './core.ts';

/** Output of a frozen prefix for many examples, single precision; row i belongs to the i-th example it was made from. */
export interface FeatureCache {
  /** The first stage that was not run. */
  boundary: number;
  bytes: number;
  place: 'device' | 'disk';
  /** The rows' values, batch first; the caller disposes. */
  rows(rows: Int32Array): Values<tf.Tensor>;
  dispose(): void;
}

/** What a network is given: arrays for its first stage, or rows of a cached prefix for a later one. */
export type Input = ArrayInput | { kind: 'cached'; cache: FeatureCache; rows: Int32Array };

export interface ArrayInput {
  kind: 'arrays';
  batch: DeviceBatch;
  /** Of each row without its padding, where rows are padded along axis 1. */
  lengths?: readonly number[];
  /** Done to the uploaded batch, for training alone: gives new tensors for what it changes, and keeps no other. */
  augment?: ((inputs: Values<tf.Tensor>) => Values<tf.Tensor>) | undefined;
}

/** Uploads what the first stage is given, augmented where it is to be; the caller disposes. */
export function enter({ batch, augment }: ArrayInput): Values<tf.Tensor> {
  const inputs = upload(batch);
  if (!augment) return inputs;
  const changed = augment(inputs);
  const alive = new Set(Object.values(changed));
  for (const tensor of Object.values(inputs)) if (!alive.has(tensor)) tensor.dispose();
  return changed;
}

/** What the first stage is given, back on the CPU: to look at it. */
export async function readBack(input: ArrayInput): Promise<Batch> {
  const inputs = enter(input);
  const read = Object.entries(inputs).map(async ([name, tensor]) => {
    const data = (await tensor.data()) as Float32Array | Int32Array;
    return [name, { data, shape: tensor.shape, dtype: tensor.dtype as 'float32' | 'int32' }] as const;
  });
  const batch = Object.fromEntries(await Promise.all(read));
  tf.dispose(Object.values(inputs));
  return batch;
}
