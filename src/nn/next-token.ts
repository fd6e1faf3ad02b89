import * as tf from '@tensorflow/tfjs-core';
import type { Objective } from './learner.ts';

/**
 * Cross-entropy of logits [N, V] with one label each [N] int32, weighted [N]: Σ w (log Σ exp(x) - x[label]) / total. The
 * gradient is w (softmax(x) - onehot(label)) / total; no row of one-hot targets is uploaded.
 */
export function sparseCrossEntropy(
  logits: tf.Tensor2D,
  labels: tf.Tensor1D,
  weights: tf.Tensor1D,
  total: tf.Scalar,
): tf.Scalar {
  const vocabulary = logits.shape[1];
  const compute = tf.customGrad((x, save) => {
    const logs = tf.logSoftmax(x as tf.Tensor2D); // [N, V]
    const wanted = tf.oneHot(labels, vocabulary, 1, 0, 'float32') as tf.Tensor2D;
    (save as (tensors: tf.Tensor[]) => void)([logs]);
    const each = tf.neg(tf.sum(tf.mul(logs, wanted), 1)); // [N]
    return {
      value: tf.div(tf.sum(tf.mul(each, weights)), total),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const share = tf.reshape(tf.div(tf.mul(dy, weights), total), [-1, 1]); // [N, 1]
        const onehot = tf.oneHot(labels, vocabulary, 1, 0, 'float32');
        return tf.mul(tf.sub(tf.exp(saved[0]!), onehot), share);
      },
    };
  });
  return compute(logits) as tf.Scalar;
}

/**
 * Of logits [B, T, V] and targets `next` [B, T], `weights` [B, T] (0 where nothing is learned) and their sum `total`: the
 * mean over the answers' tokens, and how many of them are the likeliest.
 */
export const nextTokenObjective: Objective = (logits, t) => {
  const flat = tf.reshape(logits, [-1, logits.shape.at(-1)!]) as tf.Tensor2D;
  const next = tf.reshape(t.next!, [-1]) as tf.Tensor1D;
  const weights = tf.reshape(t.weights!, [-1]) as tf.Tensor1D;
  const right = tf.cast(tf.equal(tf.argMax(flat, 1), next), 'float32');
  return {
    loss: sparseCrossEntropy(flat, next, weights, t.total as tf.Scalar),
    correct: tf.sum(tf.mul(right, weights)) as tf.Scalar,
  };
};
