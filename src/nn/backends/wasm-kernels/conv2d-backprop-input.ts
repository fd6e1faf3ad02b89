import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { Conv2D, Conv2DBackpropInput, type TensorInfo } from '@tensorflow/tfjs-core';
import { convolve, isPointwise } from './conv2d.ts';
import { convolutionOf } from './convolution.ts';
import { patchesBytes } from './convolution-routines.ts';
import { encode, geometryOf, turned } from './geometry.ts';
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
import { product } from './matrix-product.ts';
import { cropImages, paddedSize } from './padding.ts';
import { packedBytes, packMatrix } from './product.ts';
import type { Task } from './routines.ts';
import { leavesProducts, ranges, runTasks, simdLoops, threadsOf } from './simd/module.ts';
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

/** Stride 1: the convolution of dy with the turned filter; by XNNPACK where that is faster. */
function byConvolution(backend: BackendWasm, dy: TensorInfo, filter: TensorInfo, conv: Convolution): TensorInfo {
  const reversed = turnedFilter(backend, filter);
  const top = conv.filterHeight - 1 - conv.padInfo.top;
  const left = conv.filterWidth - 1 - conv.padInfo.left;
  const pad = [
    [0, 0],
    [top, conv.inHeight - conv.outHeight + conv.filterHeight - 1 - top],
    [left, conv.inWidth - conv.outWidth + conv.filterWidth - 1 - left],
    [0, 0],
  ];
  const attrs = { strides: 1, pad, dataFormat: 'NHWC', dilations: 1 };
  const dx = leavesProducts(backend)
    ? stockKernel(Conv2D)({ inputs: { x: dy, filter: reversed }, backend, attrs })
    : convolve(backend, dy, reversed, convolutionOf(dy.shape, reversed.shape, attrs, false));
  backend.disposeData(reversed.dataId);
  return dx;
}

/** Any stride: the patches' gradient, added where the patches came from; images do not share any. */
function byPatches(backend: BackendWasm, dy: TensorInfo, filter: TensorInfo, conv: Convolution): TensorInfo {
  const { batchSize, inChannels, outChannels, outWidth, filterHeight, filterWidth } = conv;
  const { height, width } = paddedSize(conv);
  const padded = zeros(backend, [batchSize, height, width, inChannels]);
  const patch = filterHeight * filterWidth * inChannels;
  const weights = { address: addressOf(backend, filter), rowBytes: 4 * outChannels, transposed: true };
  withScratch(backend, packedBytes(patch, outChannels), (packed) => {
    packMatrix(simdLoops(backend), weights, patch, outChannels, packed);
    const shape = encode(geometryOf(conv));
    const [from, to] = [addressOf(backend, dy), addressOf(backend, padded)];
    const tasks = ranges(batchSize, 4 * threadsOf(backend)).map(
      ([first, images]): Task => ['inputGradientImages', [...shape, to, height, width, packed, from, first, images]],
    );
    runTasks(backend, tasks, patchesBytes(outWidth, patch));
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
  const { inChannels, outChannels } = conv;
  if (isPointwise(conv)) {
    const dx = backend.makeOutput(inputShape, 'float32');
    const a = { address: addressOf(backend, dy), rowBytes: 4 * outChannels, transposed: false };
    const b = { address: addressOf(backend, filter), rowBytes: 4 * outChannels, transposed: true };
    const rows = conv.batchSize * conv.outHeight * conv.outWidth;
    const c = { address: addressOf(backend, dx), rowBytes: 4 * inChannels };
    product(backend, { a, b, c }, { rows, columns: inChannels, depth: outChannels });
    return dx;
  }
  return turned(geometryOf(conv)) ? byConvolution(backend, dy, filter, conv) : byPatches(backend, dy, filter, conv);
}

export const registerConv2dBackpropInput = (): void => replaceKernel(Conv2DBackpropInput, conv2dBackpropInput);
