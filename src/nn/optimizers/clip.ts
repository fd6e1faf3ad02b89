import * as tf from '@tensorflow/tfjs-core';

/** min(1, limit / (norm + 1e-6)), the norm over all gradients together, as PyTorch's `clip_grad_norm_`. */
export function clipScale(gradients: readonly tf.Tensor[], limit: number): tf.Tensor {
  const squares = gradients.filter(Boolean).map((gradient) => tf.sum(tf.square(gradient)));
  const norm = tf.sqrt(tf.addN(squares));
  return tf.minimum(tf.scalar(1), tf.div(tf.scalar(limit), tf.add(norm, tf.scalar(1e-6))));
}
