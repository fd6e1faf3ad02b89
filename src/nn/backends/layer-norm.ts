/** Layer normalisation over the last axis in one pass over memory, and its gradients, for a backend that has the kernels. */
import * as tf from '@tensorflow/tfjs-core';

/** (x, weight, bias) -> y, (x, weight, dy) -> dx, (x, dy) -> dw; the attribute `eps`. */
export const LAYER_NORM = 'LayerNorm';
export const LAYER_NORM_GRAD = 'LayerNormGrad';
export const LAYER_NORM_WEIGHT_GRAD = 'LayerNormWeightGrad';

const run = (kernel: string, inputs: tf.NamedTensorMap, eps: number): tf.Tensor =>
  tf.engine().runKernel(kernel, inputs, { eps });

/** Whether the current backend has the kernels; without them it is composed (`derive.ts`). */
export const hasLayerNorm = (): boolean => tf.getKernel(LAYER_NORM, tf.getBackend()) !== undefined;

/** x [..., width], weight and bias [width]. */
export const layerNorm = (x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor, eps: number): tf.Tensor =>
  run(LAYER_NORM, { x, weight, bias }, eps);

export const layerNormGradient: tf.GradConfig = {
  kernelName: LAYER_NORM,
  inputsToSave: ['x', 'weight'],
  gradFunc: (upstream, saved, attrs) => {
    const dy = upstream as tf.Tensor;
    const [x, weight] = saved as [tf.Tensor, tf.Tensor];
    const eps = attrs.eps as number;
    return {
      x: () => run(LAYER_NORM_GRAD, { x, weight, dy }, eps),
      weight: () => run(LAYER_NORM_WEIGHT_GRAD, { x, dy }, eps),
      bias: () => tf.sum(tf.reshape(dy, [-1, weight.size]), 0),
    };
  },
};
