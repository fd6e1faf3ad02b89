/** Gradients of ReLU and ReLU6, in one pass over memory for a backend that has the kernels. */
import * as tf from '@tensorflow/tfjs-core';

/** (x, dy) -> dx */
export const RELU_GRAD = 'ReluGrad';
export const RELU6_GRAD = 'Relu6Grad';

/** dy where `rises`, which is 1 or 0, else 0. */
const gradientOf = (kernelName: string, kernel: string, rises: (x: tf.Tensor) => tf.Tensor): tf.GradConfig => ({
  kernelName,
  inputsToSave: ['x'],
  gradFunc: (upstream, saved) => {
    const [x, dy] = [saved[0]!, upstream as tf.Tensor];
    return {
      x: () =>
        tf.getKernel(kernel, tf.getBackend())
          ? (tf.engine().runKernel(kernel, { x, dy }) as tf.Tensor)
          : tf.mul(dy, rises(x)),
    };
  },
});

/** 1 where 0 < x < 6, as in TensorFlow and PyTorch; the stock gradient is 1 at x = 6 too and slow on WebAssembly. */
export const relu6 = gradientOf(tf.Relu6, RELU6_GRAD, (x) => tf.step(tf.mul(x, tf.sub(6, x))));

export const relu = gradientOf(tf.Relu, RELU_GRAD, (x) => tf.step(x));
