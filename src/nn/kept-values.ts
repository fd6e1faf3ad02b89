import * as tf from '@tensorflow/tfjs-core';
import type { Values } from './core.ts';
import type { FeatureCache } from './input.ts';

/** What a network left of one batch at a boundary, to run on from time and again, always all of it. */
export function keptValues(values: Values<tf.Tensor>, boundary: number): FeatureCache {
  const tensors = Object.values(values);
  return {
    boundary,
    bytes: tensors.reduce((sum, { size }) => sum + 4 * size, 0),
    place: 'device',
    rows: () => Object.fromEntries(Object.entries(values).map(([name, tensor]) => [name, tf.clone(tensor)])),
    dispose: () => tf.dispose(tensors),
  };
}
