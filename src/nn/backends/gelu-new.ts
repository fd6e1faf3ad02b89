/** GPT-2's GELU in one pass over memory, and its gradient in another, for a backend that has the kernels. */
import * as tf from '@tensorflow/tfjs-core';

/** x -> y and (x, dy) -> dx. */
export const GELU_NEW = 'GeluNew';
export const GELU_NEW_GRAD = 'GeluNewGrad';

const run = (kernel: string, inputs: tf.NamedTensorMap): tf.Tensor => tf.engine().runKernel(kernel, inputs);

/** Whether the current backend has the kernels; without them it is composed (`derive.ts`). */
export const hasGeluNew = (): boolean => tf.getKernel(GELU_NEW, tf.getBackend()) !== undefined;

export const geluNew = (x: tf.Tensor): tf.Tensor => run(GELU_NEW, { x });

export const geluNewGradient: tf.GradConfig = {
  kernelName: GELU_NEW,
  inputsToSave: ['x'],
  gradFunc: (dy, [x]) => ({ x: () => run(GELU_NEW_GRAD, { x: x!, dy: dy as tf.Tensor }) }),
};
