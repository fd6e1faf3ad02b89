/** Layers as people write them with plain TensorFlow.js operations, over weights by name. */
import * as tf from '@tensorflow/tfjs-core';

export type Weights = ReadonlyMap<string, tf.Tensor>;

/** x [..., in] -> [..., out]; a product that broadcasts has no gradient. */
export function linear(w: Weights, name: string, x: tf.Tensor): tf.Tensor {
  const kernel = w.get(`${name}.weight`) as tf.Tensor2D;
  const rows = tf.reshape(x, [-1, kernel.shape[0]]);
  const y = tf.add(tf.matMul(rows, kernel), w.get(`${name}.bias`)!);
  return tf.reshape(y, [...x.shape.slice(0, -1), kernel.shape[1]]);
}

/** Ba, Kiros and Hinton 2016, over the last axis; the layer of TensorFlow.js takes thousands of dispatches (facts of 4.22). */
export function layerNorm(w: Weights, name: string, x: tf.Tensor, eps: number): tf.Tensor {
  const { mean, variance } = tf.moments(x, -1, true);
  const unit = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, eps)));
  return tf.add(tf.mul(unit, w.get(`${name}.weight`)!), w.get(`${name}.bias`)!);
}

/** [B, T, D] -> [B, H, T, D/H] */
const heads = (x: tf.Tensor, count: number): tf.Tensor =>
  tf.transpose(tf.reshape(x, [x.shape[0]!, x.shape[1]!, count, x.shape[2]! / count]), [0, 2, 1, 3]);

/** Vaswani et al. 2017, equation 1. q, k, v [B, T, D], bias broadcast over [B, H, T, T] -> [B, T, D]. */
export function attention(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, count: number, bias: tf.Tensor): tf.Tensor {
  const products = tf.matMul(heads(q, count), heads(k, count), false, true);
  const scores = tf.add(tf.mul(products, 1 / Math.sqrt(q.shape[2]! / count)), bias);
  const mixed = tf.matMul(tf.softmax(scores), heads(v, count)); // [B, H, T, d]
  return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), q.shape);
}

/** Hendrycks and Gimpel 2016. */
export const gelu = (x: tf.Tensor): tf.Tensor => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));

/** The tanh form of the same, as GPT-2 has it. */
export function geluNew(x: tf.Tensor): tf.Tensor {
  const inner = tf.mul(tf.add(x, tf.mul(tf.mul(x, tf.mul(x, x)), 0.044715)), Math.sqrt(2 / Math.PI));
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(inner), 1));
}

/** Mean cross-entropy of logits [N, K] with labels [N]. */
export const crossEntropy = (logits: tf.Tensor, labels: tf.Tensor1D): tf.Scalar =>
  tf.losses.softmaxCrossEntropy(tf.cast(tf.oneHot(labels, logits.shape[1]!), 'float32'), logits);
