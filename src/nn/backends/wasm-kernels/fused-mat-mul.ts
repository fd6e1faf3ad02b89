import { _FusedMatMul, type TensorInfo } from '@tensorflow/tfjs-core';
import { batchMatMul } from './batch-mat-mul.ts';
import { type KernelArgs, replaceKernel, sizeOf, stockKernel } from './heap.ts';
import { leavesProducts } from './simd/module.ts';

/** TensorFlow.js's kernel of each activation that a product may be fused with; `linear` has none. */
const ACTIVATIONS: Readonly<Record<string, string>> = {
  relu: 'Relu',
  relu6: 'Relu6',
  elu: 'Elu',
  sigmoid: 'Sigmoid',
  leakyrelu: 'LeakyRelu',
};

/** activation(a b + bias). An untransposed product goes to the stock kernel where that is faster; others go through `batchMatMul`. */
function fusedMatMul(args: KernelArgs): TensorInfo {
  const { inputs, attrs, backend } = args;
  const { a, b, bias, preluActivationWeights } = inputs;
  const single = sizeOf(a!.shape.slice(0, -2)) === 1 && sizeOf(b!.shape.slice(0, -2)) === 1;
  if (single && !attrs.transposeA && !attrs.transposeB && leavesProducts(backend))
    return stockKernel(_FusedMatMul)(args);
  const then = (name: string, next: Record<string, TensorInfo>, previous: TensorInfo): TensorInfo => {
    const result = stockKernel(name)({ inputs: next, backend, attrs: { alpha: attrs.leakyreluAlpha } });
    backend.disposeData(previous.dataId);
    return result;
  };
  let out = batchMatMul(args);
  if (bias) out = then('Add', { a: out, b: bias }, out);
  const activation = attrs.activation as string;
  if (activation === 'prelu') return then('Prelu', { x: out, alpha: preluActivationWeights! }, out);
  const kernel = ACTIVATIONS[activation];
  if (!kernel && activation !== 'linear') throw new Error(`a product cannot be fused with ${activation}`);
  return kernel ? then(kernel, { x: out }, out) : out;
}

export const registerFusedMatMul = (): void => replaceKernel(_FusedMatMul, fusedMatMul);
