import type * as tf from '@tensorflow/tfjs-core';
import type { Batch } from './batch.ts';
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
export type Input = { kind: 'arrays'; batch: Batch } | { kind: 'cached'; cache: FeatureCache; rows: Int32Array };
