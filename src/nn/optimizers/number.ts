import * as tf from '@tensorflow/tfjs-core';
import { trainingBackend } from '../kernels/backend.ts';

/** A number of a step as a tensor: on WebGPU a kernel fills it in, which uploads nothing. */
export const number = (value: number): tf.Scalar =>
  trainingBackend() ? tf.fill([], value, 'float32') : tf.scalar(value);
