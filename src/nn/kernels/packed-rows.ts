/** Rows of a table that holds several values in a word, gathered by index and unpacked in one dispatch. */
import * as tf from '@tensorflow/tfjs-core';
import type { TrainingBackend } from './backend.ts';
import { type KernelSource, reads, THREADS, writes } from './kernel.ts';

/** Words [rows, stride] of four bytes each; `lookup` [channels, 256] says what a byte of each channel stands for. */
export interface ByteTable {
  words: tf.Tensor;
  lookup: tf.Tensor;
  /** Of a row: the last dimension is the channel. */
  shape: readonly number[];
}

/** Words of a row of so many bytes. */
export const wordsOf = (bytes: number): number => Math.ceil(bytes / 4);

const byteRows = (): KernelSource => ({
  buffers: [reads('words', 'u32'), reads('slots', 'i32'), reads('lookup'), writes('y')],
  uniforms: ['rows:i32', 'stride:i32', 'each:i32', 'channels:i32'],
  main: `
    let row = gid / u.stride;
    if (row >= u.rows) { return; }
    let first = 4 * (gid % u.stride);
    let word = words[slots[row] * u.stride + gid % u.stride];
    for (var i = first; i < min(first + 4, u.each); i++) {
      let value = i32((word >> u32(8 * (i - first))) & 255u);
      y[row * u.each + i] = lookup[(i % u.channels) * 256 + value];
    }`,
});

/** y[b, i] = lookup[i mod channels, bytes[slots[b], i]] -> float32 [B, ...shape], bit for bit what the lookup holds. */
export function takeBytes(
  backend: TrainingBackend,
  { words, lookup, shape }: ByteTable,
  slots: tf.Tensor1D,
): tf.Tensor {
  const each = tf.util.sizeFromShape([...shape]);
  const stride = wordsOf(each);
  const rows = slots.shape[0];
  const y = backend.make([rows, ...shape]);
  const groups = Math.ceil((rows * stride) / THREADS);
  backend.dispatch('packed.byteRows', byteRows, [words, slots, lookup, y], [rows, stride, each, shape.at(-1)!], groups);
  return tf.engine().makeTensorFromTensorInfo(y);
}
