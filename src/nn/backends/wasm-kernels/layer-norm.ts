import type { TensorInfo } from '@tensorflow/tfjs-core';
import { LAYER_NORM, LAYER_NORM_GRAD, LAYER_NORM_WEIGHT_GRAD } from '../layer-norm.ts';
import { addressOf, type KernelArgs, replaceKernel, sizeOf, zeros } from './heap.ts';
import { simdLoops } from './simd/module.ts';

const widthOf = (x: TensorInfo): number => x.shape.at(-1)!;
/** Rows of x [..., width]. */
const rowsOf = (x: TensorInfo): number => sizeOf(x.shape.slice(0, -1));

export function layerNorm({ inputs, attrs, backend }: KernelArgs): TensorInfo {
  const { x, weight, bias } = inputs;
  const out = backend.makeOutput(x!.shape, 'float32');
  const [to, from, w, b] = [out, x!, weight!, bias!].map((tensor) => addressOf(backend, tensor)) as Four;
  simdLoops(backend).layerNorm(to, from, w, b, rowsOf(x!), widthOf(x!), attrs.eps as number);
  return out;
}

export function layerNormGrad({ inputs, attrs, backend }: KernelArgs): TensorInfo {
  const { x, weight, dy } = inputs;
  const out = backend.makeOutput(x!.shape, 'float32');
  const [to, from, w, upstream] = [out, x!, weight!, dy!].map((tensor) => addressOf(backend, tensor)) as Four;
  simdLoops(backend).layerNormGrad(to, from, w, upstream, rowsOf(x!), widthOf(x!), attrs.eps as number);
  return out;
}
type Four = [number, number, number, number];

export function layerNormWeightGrad({ inputs, attrs, backend }: KernelArgs): TensorInfo {
  const { x, dy } = inputs;
  const out = zeros(backend, [widthOf(x!)]);
  const [to, from, upstream] = [out, x!, dy!].map((tensor) => addressOf(backend, tensor)) as [number, number, number];
  simdLoops(backend).layerNormWeightGrad(to, from, upstream, rowsOf(x!), widthOf(x!), attrs.eps as number);
  return out;
}

export function registerLayerNorm(): void {
  replaceKernel(LAYER_NORM, layerNorm);
  replaceKernel(LAYER_NORM_GRAD, layerNormGrad);
  replaceKernel(LAYER_NORM_WEIGHT_GRAD, layerNormWeightGrad);
}
