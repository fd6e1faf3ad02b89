/** The gradient of looking rows up in a table. */
import * as tf from '@tensorflow/tfjs-core';

/**
 * y = x[ids] along the first axis: dx is the sum, by id, of the rows of dy. The stock gradient copies dy and the whole
 * of dx once more, to transpose them into the order that they are in. Other axes go to `stock`.
 */
export const gather = (stock: tf.GradConfig): tf.GradConfig => ({
  ...stock,
  gradFunc: (dy, saved, attrs) => {
    const [x, ids] = saved as [tf.Tensor, tf.Tensor];
    const { axis, batchDims } = attrs as { axis: number; batchDims: number };
    if (axis !== 0 || batchDims !== 0) return stock.gradFunc(dy, saved, attrs);
    const rows = tf.reshape(dy as tf.Tensor, [ids.size, ...x.shape.slice(1)]);
    return {
      x: () => tf.unsortedSegmentSum(rows, tf.reshape(ids, [-1]) as tf.Tensor1D, x.shape[0]!),
      indices: () => ids,
    };
  },
});
