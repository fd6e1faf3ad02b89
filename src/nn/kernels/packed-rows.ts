/** Rows of a table that holds several values in a word, gathered by index and unpacked in one dispatch. */
import * as tf from '@tensorflow/tfjs-core';
import { wordsOfHalves } from '../../lib/half.ts';
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

/** The same roundings as `packHalves` of lib/half.ts: WGSL's own leave open which neighbour they give. */
const HALF = `
fn half(x : f32) -> u32 {
  let bits = bitcast<u32>(x);
  let sign = (bits >> 16u) & 0x8000u;
  let size = bits & 0x7fffffffu;
  if (size > 0x7f800000u) { return sign | 0x7e00u; }
  if (size == 0x7f800000u) { return sign | 0x7c00u; }
  if (size >= 0x477ff000u) { return sign | 0x7bffu; }
  if (size >= 0x38800000u) { return sign | ((size + 0xfffu + ((size >> 13u) & 1u) - (112u << 23u)) >> 13u); }
  return sign | u32(round(abs(x) * 16777216.0));
}`;

const SINGLE = `
fn single(h : u32) -> f32 {
  let sign = (h & 0x8000u) << 16u;
  let exponent = (h >> 10u) & 31u;
  let fraction = h & 0x3ffu;
  if (exponent == 0u) { return bitcast<f32>(sign | bitcast<u32>(f32(fraction) * 5.9604644775390625e-8)); }
  let rebiased = select(exponent + 112u, 255u, exponent == 31u);
  return bitcast<f32>(sign | (rebiased << 23u) | (fraction << 13u));
}`;

const pack = (): KernelSource => ({
  buffers: [reads('x'), writes('words', 'u32')],
  uniforms: ['rows:i32', 'stride:i32', 'each:i32'],
  declarations: HALF,
  main: `
    let row = gid / u.stride;
    if (row >= u.rows) { return; }
    let column = 2 * (gid % u.stride);
    var word = half(x[row * u.each + column]);
    if (column + 1 < u.each) { word |= half(x[row * u.each + column + 1]) << 16u; }
    words[gid] = word;`,
});

const take = (): KernelSource => ({
  buffers: [reads('words', 'u32'), reads('places', 'i32'), writes('y')],
  uniforms: ['rows:i32', 'stride:i32', 'each:i32'],
  declarations: SINGLE,
  main: `
    let row = gid / u.stride;
    if (row >= u.rows) { return; }
    let column = 2 * (gid % u.stride);
    let word = words[places[row] * u.stride + gid % u.stride];
    y[row * u.each + column] = single(word & 0xffffu);
    if (column + 1 < u.each) { y[row * u.each + column + 1] = single(word >> 16u); }`,
});

const groupsFor = (rows: number, stride: number): number => Math.ceil((rows * stride) / THREADS);
const asTensor = (info: tf.TensorInfo): tf.Tensor2D => tf.engine().makeTensorFromTensorInfo(info) as tf.Tensor2D;

/** x [rows, each] as halves, two in a word -> int32 [rows, ⌈each / 2⌉]. */
export function packOnDevice(backend: TrainingBackend, x: tf.Tensor2D): tf.Tensor2D {
  const [rows, each] = x.shape;
  const stride = wordsOfHalves(each);
  const words = backend.make([rows, stride], 'int32');
  backend.dispatch('packed.halves', pack, [x, words], [rows, stride, each], groupsFor(rows, stride));
  return asTensor(words);
}

/** The rows at `places` of what `packOnDevice` made -> float32 [places, each]. */
export function takeOnDevice(
  backend: TrainingBackend,
  words: tf.Tensor2D,
  places: tf.Tensor1D,
  each: number,
): tf.Tensor2D {
  const [rows, stride] = [places.shape[0], words.shape[1]];
  const y = backend.make([rows, each]);
  backend.dispatch('packed.halfRows', take, [words, places, y], [rows, stride, each], groupsFor(rows, stride));
  return asTensor(y);
}
