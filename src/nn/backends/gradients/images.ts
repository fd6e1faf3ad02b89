/** Gradients of average pooling and batch normalisation. */
import * as tf from '@tensorflow/tfjs-core';
import { unbroadcast } from './reductions.ts';

type Shape4 = [number, number, number, number];
type Pad = number | 'same' | 'valid' | tf.backend_util.ExplicitPadding;
type Window = number | [number, number];

/** How many of `length` positions a window that starts at `start` and spans `size` covers. */
const covered = (start: number, size: number, length: number): number =>
  Math.min(length, start + size) - Math.max(0, start);

/** [1, oh, ow, 1]: window size over the number of inputs in the window; undefined where no window leaves the image. */
function edgeCorrection(shape: Shape4, window: Window, strides: Window, pad: Pad): tf.Tensor | undefined {
  const info = tf.backend_util.computePool2DInfo(shape, window, strides, 1, pad);
  const { outHeight, outWidth, filterHeight, filterWidth, padInfo } = info;
  const rows = Array.from({ length: outHeight }, (_, i) =>
    covered(i * info.strideHeight - padInfo.top, filterHeight, info.inHeight),
  );
  const columns = Array.from({ length: outWidth }, (_, i) =>
    covered(i * info.strideWidth - padInfo.left, filterWidth, info.inWidth),
  );
  if (rows.every((n) => n === filterHeight) && columns.every((n) => n === filterWidth)) return undefined;
  const size = filterHeight * filterWidth;
  const factors = rows.flatMap((height) => columns.map((width) => size / Math.max(1, height * width)));
  return tf.tensor(factors, [1, outHeight, outWidth, 1], 'float32');
}

/**
 * Average pooling divides by the number of inputs that a window covers, its stock gradient by the window's size. The
 * two differ at padded edges: dy is scaled there first.
 */
export const avgPool = (stock: tf.GradConfig): tf.GradConfig => ({
  ...stock,
  gradFunc: (dy, saved, attrs) => {
    const { filterSize, strides, pad } = attrs as unknown as { filterSize: Window; strides: Window; pad: Pad };
    const correction = edgeCorrection(saved[0]!.shape as Shape4, filterSize, strides, pad);
    return stock.gradFunc(correction ? tf.mul(dy as tf.Tensor, correction) : dy, saved, attrs);
  },
});

/**
 * y = scale (x - mean) / sqrt(variance + epsilon) + offset, all five differentiated as if independent (Ioffe and Szegedy
 * 2015; the moments' own gradients follow from the tape). Broadcasts where the stock gradient tiles. A batch normalisation
 * without a scale has no gradient in TensorFlow.js at all: its tape saves the scale.
 */
export const batchNorm: tf.GradConfig = {
  kernelName: tf.FusedBatchNorm,
  inputsToSave: ['x', 'mean', 'variance', 'scale'],
  gradFunc: (upstream, saved, attrs) => {
    const dy = upstream as tf.Tensor;
    const [x, mean, variance, scale] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const inverse = tf.rsqrt(tf.add(variance, attrs.varianceEpsilon as number));
    const gain = tf.mul(inverse, scale);
    const centred = (): tf.Tensor => unbroadcast(tf.mul(dy, tf.sub(x, mean)), mean.shape);
    return {
      x: () => tf.mul(dy, gain),
      mean: () => tf.neg(tf.mul(unbroadcast(dy, mean.shape), gain)),
      variance: () => tf.mul(centred(), tf.mul(tf.mul(gain, tf.square(inverse)), -0.5)),
      scale: () => tf.mul(centred(), inverse),
      offset: () => unbroadcast(dy, mean.shape),
    };
  },
};

/** Comparisons do not depend on their operands smoothly: zero, so that `where(greater(x, 0), …)` has a gradient. */
export const comparison = (kernelName: string): tf.GradConfig => ({
  kernelName,
  inputsToSave: ['a', 'b'],
  gradFunc: (_, [a, b]) => ({ a: () => tf.zerosLike(a!), b: () => tf.zerosLike(b!) }),
});
