import * as tf from '@tensorflow/tfjs-core';

/**
 * Cross-entropy of logits [B, K] with target weights [B, K]: -Σ targets · log softmax(logits) / total. What smoothing
 * and class weights mean is in the targets (`classificationTargets`).
 */
export function crossEntropy(logits: tf.Tensor, targets: tf.Tensor, total: tf.Scalar): tf.Scalar {
  return tf.div(tf.neg(tf.sum(tf.mul(targets, tf.logSoftmax(logits)))), total) as tf.Scalar;
}

/** The other label of each example where two were mixed, and the share that its own keeps. */
export interface Partners {
  labels: ArrayLike<number>;
  shares: ArrayLike<number>;
}

/**
 * Targets as PyTorch's `cross_entropy` has them: (1 - ε) w[y] on the label y plus ε w[c] / K on every class c
 * (Szegedy et al. 2016, section 7). `total` is Σ w[y], which the weighted mean divides by.
 * Mixed examples have the labels' targets and weights in their shares (Zhang et al. 2018).
 */
export function classificationTargets(
  labels: ArrayLike<number>,
  classes: number,
  o: { smoothing: number; weights?: ArrayLike<number>; partners?: Partners | undefined },
): { targets: Float32Array; total: number } {
  const targets = new Float32Array(labels.length * classes);
  let total = 0;
  for (let i = 0; i < labels.length; i++) {
    for (let c = 0; c < classes; c++) targets[i * classes + c] = (o.smoothing / classes) * (o.weights?.[c] ?? 1);
    const put = (label: number, share: number) => {
      const weight = share * (o.weights?.[label] ?? 1);
      targets[i * classes + label]! += (1 - o.smoothing) * weight;
      total += weight;
    };
    put(labels[i]!, o.partners?.shares[i] ?? 1);
    if (o.partners) put(o.partners.labels[i]!, 1 - o.partners.shares[i]!);
  }
  return { targets, total };
}

/** n / (K n_c): each class weighs alike however many examples it has. A class without examples weighs 0. */
export function balancedWeights(labels: Iterable<number>, classes: number): Float32Array {
  const counts = new Float32Array(classes);
  let n = 0;
  for (const label of labels) {
    counts[label]!++;
    n++;
  }
  return counts.map((count) => (count > 0 ? n / (classes * count) : 0));
}

/** How many rows of logits [B, K] are greatest at their label [B]. */
export const correctCount = (logits: tf.Tensor, labels: tf.Tensor): tf.Scalar =>
  tf.sum(tf.cast(tf.equal(tf.argMax(logits, -1), labels), 'float32')) as tf.Scalar;
