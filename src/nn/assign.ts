import * as tf from '@tensorflow/tfjs-core';
import { trainingBackend } from './kernels/backend.ts';

/**
 * Gives a variable a new value: the one way that leaves it where it lies. `Variable.assign` would take it out of an
 * optimizer's arena.
 */
export function assign(variable: tf.Variable, value: tf.Tensor): void {
  const backend = trainingBackend();
  if (backend?.isPart(variable)) backend.copy(value, variable);
  else variable.assign(value);
}

/** The same with values from the CPU. */
export function assignValues(variable: tf.Variable, values: Float32Array): void {
  const backend = trainingBackend();
  if (backend?.isPart(variable)) backend.overwrite(variable, values);
  else tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
}

/** A value as it is now, which later steps do not change; the caller disposes. */
export function copied(variable: tf.Variable): tf.Tensor {
  const backend = trainingBackend();
  return backend ? backend.copied(variable) : variable.clone();
}
