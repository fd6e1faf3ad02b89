import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import {
  Cast,
  getKernel,
  type KernelFunc,
  LeakyRelu,
  registerKernel,
  type TensorInfo,
  unregisterKernel,
} from '@tensorflow/tfjs-core';

interface CastArgs {
  inputs: { x: TensorInfo };
  attrs: { dtype: string };
  backend: WebGPUBackend;
}
type Kernel = (args: { inputs: object; attrs: object; backend: WebGPUBackend }) => TensorInfo;

const kernel = (name: string): Kernel => getKernel(name, 'webgpu')!.kernelFunc as unknown as Kernel;

let registered = false;

/**
 * Makes a cast to float32 write floats. The stock kernel of TensorFlow.js 4.22 gives integers another name and leaves
 * them as they lie: a kernel that then copies them (transposition, and so a sum over an inner axis) does not compile,
 * and with it every command of the same submission is lost without an error.
 */
export function registerCast(): void {
  if (registered) return;
  registered = true;
  const stock = kernel(Cast);
  const copy = kernel(LeakyRelu);
  const cast = (args: CastArgs): TensorInfo => {
    const { inputs, attrs, backend } = args;
    const integers = inputs.x.dtype === 'int32' || inputs.x.dtype === 'bool';
    // a leaky ReLU of slope 1 is the identity, read as floats and written as floats
    return integers && attrs.dtype === 'float32' ? copy({ inputs, attrs: { alpha: 1 }, backend }) : stock(args);
  };
  unregisterKernel(Cast, 'webgpu');
  registerKernel({ kernelName: Cast, backendName: 'webgpu', kernelFunc: cast as unknown as KernelFunc });
}
