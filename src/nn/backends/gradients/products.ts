/** Gradients of matrix products and of 1x1 convolutions, which are matrix products. */
import * as tf from '@tensorflow/tfjs-core';
import { unbroadcast } from './reductions.ts';

const product = (a: tf.Tensor, b: tf.Tensor, transposeA: boolean, transposeB: boolean): tf.Tensor =>
  tf.matMul(a, b, transposeA, transposeB);

const isMatrix = (shape: readonly number[]): boolean => shape.slice(0, -2).every((size) => size === 1);

/** [..., n] -> [rows, n] */
const rows = (x: tf.Tensor): tf.Tensor => tf.reshape(x, [-1, x.shape.at(-1)!]);

/**
 * Y = A B with leading dimensions that may broadcast, which the stock gradient refuses: dA = dY B^T, dB = A^T dY, summed
 * over what was repeated. A weight shared by a batch gets its gradient from one product over all rows.
 */
export const batchMatMul: tf.GradConfig = {
  kernelName: tf.BatchMatMul,
  inputsToSave: ['a', 'b'],
  gradFunc: (upstream, [left, right], attrs) => {
    const [a, b, dy] = [left!, right!, upstream as tf.Tensor];
    const { transposeA, transposeB } = attrs as { transposeA?: boolean; transposeB?: boolean };
    const [tA, tB] = [transposeA === true, transposeB === true];
    const sharedB = !tA && isMatrix(b.shape) && !isMatrix(a.shape);
    const byA = (): tf.Tensor => (tA ? product(b, dy, tB, true) : product(dy, b, false, !tB));
    const byB = (): tf.Tensor => {
      if (sharedB) return tB ? product(rows(dy), rows(a), true, false) : product(rows(a), rows(dy), true, false);
      return tB ? product(dy, a, true, tA) : product(a, dy, !tA, false);
    };
    return {
      a: () => unbroadcast(byA(), a.shape),
      b: () => (sharedB ? tf.reshape(byB(), b.shape) : unbroadcast(byB(), b.shape)),
    };
  },
};

const isOne = (value: unknown): boolean => [value].flat().every((item) => item === 1);

/** Whether a convolution looks at one pixel at a time, each once, without padding. */
const isPointwise = (filter: tf.Tensor, { strides, pad, dataFormat }: tf.NamedAttrMap): boolean =>
  filter.shape[0] === 1 &&
  filter.shape[1] === 1 &&
  isOne(strides) &&
  (pad === 'same' || pad === 'valid' || pad === 0) &&
  dataFormat === 'NHWC';

/**
 * 1x1 convolutions get their gradients from products; on WebGPU the stock filter gradient has one thread per weight
 * that loops over the batch and all pixels. Others go to `stock`.
 */
export const conv2d = (stock: tf.GradConfig): tf.GradConfig => ({
  ...stock,
  gradFunc: (dy, saved, attrs) => {
    const [x, filter] = saved as [tf.Tensor, tf.Tensor];
    if (!isPointwise(filter, attrs)) return stock.gradFunc(dy, saved, attrs);
    const upstream = rows(dy as tf.Tensor); // [B H W, O]
    const weights = tf.reshape(filter, filter.shape.slice(2)); // [C, O]
    return {
      x: () => tf.reshape(product(upstream, weights, false, true), x.shape),
      filter: () => tf.reshape(product(rows(x), upstream, true, false), filter.shape),
    };
  },
});
