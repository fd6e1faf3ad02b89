import { Exp, type TensorInfo } from '@tensorflow/tfjs-core';
import { GELU_NEW, GELU_NEW_GRAD } from '../gelu-new.ts';
import { addressOf, type KernelArgs, replaceKernel, sizeOf, stockKernel } from './heap.ts';
import { type SimdLoops, simdLoops } from './simd/module.ts';

/** One of the loops that make an output of an input, element by element. */
function apply(loop: 'exponential' | 'geluNew', { inputs, backend }: KernelArgs): TensorInfo {
  const x = inputs.x!;
  const out = backend.makeOutput(x.shape, 'float32');
  const loops: SimdLoops = simdLoops(backend);
  loops[loop](addressOf(backend, out), addressOf(backend, x), sizeOf(x.shape));
  return out;
}

/** e^x, to 2e-7 of its value. The stock kernel calls the C library for each element. */
export const exponential = (args: KernelArgs): TensorInfo =>
  args.inputs.x!.dtype === 'float32' ? apply('exponential', args) : stockKernel(Exp)(args);

export const geluNew = (args: KernelArgs): TensorInfo => apply('geluNew', args);

export function geluNewGrad({ inputs, backend }: KernelArgs): TensorInfo {
  const { x, dy } = inputs;
  const out = backend.makeOutput(x!.shape, 'float32');
  const [to, from, upstream] = [out, x!, dy!].map((tensor) => addressOf(backend, tensor)) as [number, number, number];
  simdLoops(backend).geluNewGrad(to, from, upstream, sizeOf(x!.shape));
  return out;
}

export function registerElementwise(): void {
  replaceKernel(Exp, exponential);
  replaceKernel(GELU_NEW, geluNew);
  replaceKernel(GELU_NEW_GRAD, geluNewGrad);
}
