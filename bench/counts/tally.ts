import * as tf from '@tensorflow/tfjs-core';
import { as } from './meter.ts';

let named = false;

/** Has the meter's tally say which of TensorFlow.js's kernels asked for a dispatch: a program of its own serves many. */
export function nameKernels(): void {
  if (named) return;
  named = true;
  for (const config of tf.getKernelsForBackend('webgpu')) {
    const { kernelName, kernelFunc } = config;
    config.kernelFunc = (args) => as(kernelName, () => kernelFunc(args));
  }
}
