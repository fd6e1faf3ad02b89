import * as tf from '@tensorflow/tfjs-core';

/** A weight that moves, where it came from, and how much each of its values matters; all matter alike without that. */
export interface Anchored {
  weight: tf.Tensor;
  anchor: tf.Tensor;
  importance?: tf.Tensor | undefined;
}

/**
 * strength / 2 · Σ F (w - w₀)²: L2-SP where F is 1 everywhere (Li, Grandvalet and Davoine 2018, equation 1), elastic weight
 * consolidation where it is the diagonal of the Fisher information (Kirkpatrick et al. 2017, equation 3).
 */
export function pullBack(strength: number, anchored: readonly Anchored[]): tf.Scalar {
  const sums = anchored.map(({ weight, anchor, importance }) => {
    const squares = tf.square(tf.sub(weight, anchor));
    return tf.sum(importance ? tf.mul(importance, squares) : squares);
  });
  return tf.mul(tf.addN(sums), strength / 2) as tf.Scalar;
}

/** log softmax of rows, at a temperature. */
const softened = (logits: tf.Tensor, temperature: number): tf.Tensor =>
  tf.logSoftmax(temperature === 1 ? logits : tf.div(logits, temperature));

/**
 * How far the answers `logits` [N, K] are from those recorded `before` [N, K], both softened by a temperature: the mean over
 * rows of Σ p (log p - log q), rows weighted by `weights` [N] where there are some. This is the distillation loss of Li and
 * Hoiem 2016 (equations 2 and 3) less the entropy of the recorded answers, which no weight changes: it begins at 0.
 */
export function distillation(
  logits: tf.Tensor,
  before: tf.Tensor,
  temperature: number,
  weights?: tf.Tensor | undefined,
): tf.Scalar {
  const q = softened(logits, temperature);
  const p = softened(before, temperature);
  const each = tf.sum(tf.mul(tf.exp(p), tf.sub(p, q)), -1); // [N]
  if (!weights) return tf.mean(each) as tf.Scalar;
  return tf.div(tf.sum(tf.mul(each, weights)), tf.maximum(tf.sum(weights), 1)) as tf.Scalar;
}
