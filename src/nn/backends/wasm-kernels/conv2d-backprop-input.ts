import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { Conv2D, Conv2DBackpropInput, type TensorInfo } from '@tensorflow/tfjs-core';
import { convolutionOf } from './convolution.ts';
import {
  addressOf,
  type Convolution,
  floats,
  type KernelArgs,
  replaceKernel,
  stockKernel,
  withScratch,
  zeros,
} from './heap.ts';
import { cropImages, paddedSize } from './padding.ts';
import { type Matrix, multiplyPacked, packedBytes, packMatrix, product } from './product.ts';
import { simdLoops } from './simd/module.ts';
import { transposeInto } from './transposed-copy.ts';

/** W [kh, kw, C, O] -> [kh, kw, O, C] turned by half a circle, the filter of the gradient's own convolution. */
function turnedFilter(backend: BackendWasm, filter: TensorInfo): TensorInfo {
  const [kh, kw, inChannels, outChannels] = filter.shape as [number, number, number, number];
  const out = backend.makeOutput([kh, kw, outChannels, inChannels], 'float32');
  const [from, to] = [floats(backend, filter), floats(backend, out)];
  const size = inChannels * outChannels;
  for (let tap = 0; tap < kh * kw; tap++) {
    transposeInto(from, tap * size, to, (kh * kw - 1 - tap) * size, inChannels, outChannels);
  }
  return out;
}

/** Stride 1: the convolution of dy with the turned filter, by XNNPACK. */
function byConvolution(backend: BackendWasm, dy: TensorInfo, filter: TensorInfo, conv: Convolution): TensorInfo {
  const turned = turnedFilter(backend, filter);
  const top = conv.filterHeight - 1 - conv.padInfo.top;
  const left = conv.filterWidth - 1 - conv.padInfo.left;
  const pad = [
    [0, 0],
    [top, conv.inHeight - conv.outHeight + conv.filterHeight - 1 - top],
    [left, conv.inWidth - conv.outWidth + conv.filterWidth - 1 - left],
    [0, 0],
  ];
  const attrs = { strides: 1, pad, dataFormat: 'NHWC', dilations: 1 };
  const dx = stockKernel(Conv2D)({ inputs: { x: dy, filter: turned }, backend, attrs });
  backend.disposeData(turned.dataId);
  return dx;
}

/** Any stride: the patches' gradient, dy W^T [ow, kh kw C], row by row, added where the patches came from. */
function byPatches(backend: BackendWasm, dy: TensorInfo, filter: TensorInfo, conv: Convolution): TensorInfo {
  const { batchSize, inChannels, outChannels, outHeight, outWidth, filterHeight, filterWidth } = conv;
  const { height, width } = paddedSize(conv);
  const padded = zeros(backend, [batchSize, height, width, inChannels]);
  const run = filterWidth * inChannels;
  const patch = filterHeight * run;
  const weights: Matrix = { address: addressOf(backend, filter), rowBytes: 4 * outChannels, transposed: true };
  const forWeights = packedBytes(patch, outChannels);
  withScratch(backend, forWeights + 4 * outWidth * patch, (scratch) => {
    const packed = packMatrix(backend, weights, patch, outChannels, scratch);
    const patches = { address: scratch + forWeights, rowBytes: 4 * patch };
    const [from, to] = [addressOf(backend, dy), addressOf(backend, padded)];
    for (let row = 0; row < batchSize * outHeight; row++) {
      const address = from + 4 * row * outWidth * outChannels;
      multiplyPacked(
        backend,
        { address, rowBytes: 4 * outChannels, transposed: false },
        packed,
        patches,
        outWidth,
        false,
      );
      const top = Math.floor(row / outHeight) * height + (row % outHeight) * conv.strideHeight;
      for (let i = 0; i < filterHeight; i++) {
        const target = to + 4 * (top + i) * width * inChannels;
        const step = 4 * conv.strideWidth * inChannels;
        simdLoops(backend).addRuns(target, step, patches.address + 4 * i * run, patches.rowBytes, outWidth, run);
      }
    }
  });
  const dx = cropImages(backend, padded, conv);
  backend.disposeData(padded.dataId);
  return dx;
}

/** dX [B, H, W, C] of a convolution, from dy [B, oh, ow, O] and W [kh, kw, C, O]. The stock kernel loops one by one. */
export function conv2dBackpropInput({ inputs, attrs, backend }: KernelArgs): TensorInfo {
  const [dy, filter] = [inputs.dy!, inputs.filter!];
  const inputShape = attrs.inputShape as number[];
  const conv = convolutionOf(inputShape, filter.shape, attrs, false);
  const { inChannels, outChannels, padInfo } = conv;
  const unitStride = conv.strideHeight === 1 && conv.strideWidth === 1;
  if (unitStride && conv.filterHeight === 1 && conv.filterWidth === 1 && padInfo.top === 0 && padInfo.left === 0) {
    const dx = backend.makeOutput(inputShape, 'float32');
    const a: Matrix = { address: addressOf(backend, dy), rowBytes: 4 * outChannels, transposed: false };
    const b: Matrix = { address: addressOf(backend, filter), rowBytes: 4 * outChannels, transposed: true };
    const rows = conv.batchSize * conv.outHeight * conv.outWidth;
    const target = { address: addressOf(backend, dx), rowBytes: 4 * inChannels };
    product(backend, a, b, target, { rows, columns: inChannels, depth: outChannels });
    return dx;
  }
  const inside = padInfo.top < conv.filterHeight && padInfo.left < conv.filterWidth;
  return unitStride && inside ? byConvolution(backend, dy, filter, conv) : byPatches(backend, dy, filter, conv);
}

export const registerConv2dBackpropInput = (): void => replaceKernel(Conv2DBackpropInput, conv2dBackpropInput);
