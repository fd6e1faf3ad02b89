import * as tf from '@tensorflow/tfjs-core';
import { packHalves, unpackHalves } from '../lib/half.ts';
import { trainingBackend } from './kernels/backend.ts';
import { packOnDevice, takeOnDevice } from './kernels/packed-rows.ts';
import { sizeOf } from './profile.ts';

/** Rows of half-precision values: half of the bytes, and 11 bits of each value. */

/** x [rows, ...] -> int32 [rows, words], two values a word; disposes of what it was given. */
export async function packed(x: tf.Tensor): Promise<tf.Tensor2D> {
  const [rows, ...shape] = x.shape as [number, ...number[]];
  const each = sizeOf(shape);
  const backend = trainingBackend();
  if (backend) {
    const words = tf.tidy(() => packOnDevice(backend, tf.reshape(x, [rows, each])));
    x.dispose();
    return words;
  }
  const words = packHalves((await x.data()) as Float32Array, each);
  x.dispose();
  return tf.tensor2d(words, [rows, words.length / Math.max(1, rows)], 'int32');
}

/** The rows at `places` of what `packed` made of rows of `each` values -> float32 [places, each]. */
export function takePacked(words: tf.Tensor2D, places: tf.Tensor1D, each: number): tf.Tensor2D {
  const backend = trainingBackend();
  if (backend) return takeOnDevice(backend, words, places, each);
  const taken = tf.gather(words, places);
  const values = new Float32Array(places.size * each);
  unpackHalves(taken.dataSync<'int32'>(), each, values);
  taken.dispose();
  return tf.tensor2d(values, [places.size, each]);
}
