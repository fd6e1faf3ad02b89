/** Convolutions forward, on all threads. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { Conv2D, type TensorInfo } from '@tensorflow/tfjs-core';
import { convolutionOf } from './convolution.ts';
import { packedFilterBytes } from './convolution-routines.ts';
import { encode, geometryOf } from './geometry.ts';
import { addressOf, type Convolution, type KernelArgs, replaceKernel, stockKernel, withScratch } from './heap.ts';
import { product } from './matrix-product.ts';
import { needsNoPadding, paddedSize, padImages } from './padding.ts';
import { packedBytes, packMatrix } from './product.ts';
import type { Task } from './routines.ts';
import { leavesProducts, ranges, runTasks, simdLoops, threadsOf } from './simd/module.ts';
import { PANEL } from './simd/product.ts';

/** Whether every output is made of one pixel, and every pixel is looked at. */
export const isPointwise = (conv: Convolution): boolean =>
  conv.filterHeight * conv.filterWidth * conv.strideHeight * conv.strideWidth === 1 && needsNoPadding(conv);

/** x [B, H, W, C] * filter [kh, kw, C, O] -> [B, oh, ow, O] */
export function convolve(backend: BackendWasm, x: TensorInfo, filter: TensorInfo, conv: Convolution): TensorInfo {
  const { batchSize, inChannels, outHeight, outWidth, outChannels, filterHeight, filterWidth } = conv;
  const out = backend.makeOutput([batchSize, outHeight, outWidth, outChannels], 'float32');
  if (isPointwise(conv)) {
    const a = { address: addressOf(backend, x), rowBytes: 4 * inChannels, transposed: false };
    const b = { address: addressOf(backend, filter), rowBytes: 4 * outChannels, transposed: false };
    const c = { address: addressOf(backend, out), rowBytes: 4 * outChannels };
    product(backend, { a, b, c }, { rows: batchSize * outHeight * outWidth, columns: outChannels, depth: inChannels });
    return out;
  }
  const flat = needsNoPadding(conv);
  const images = flat ? x : padImages(backend, x, conv);
  const { height, width } = paddedSize(conv);
  const patch = filterWidth * inChannels;
  withScratch(backend, packedFilterBytes(filterHeight, patch, outChannels), (packed) => {
    const loops = simdLoops(backend);
    for (let i = 0; i < filterHeight; i++) {
      const address = addressOf(backend, filter) + 4 * i * patch * outChannels;
      const row = { address, rowBytes: 4 * outChannels, transposed: false };
      packMatrix(loops, row, outChannels, patch, packed + i * packedBytes(outChannels, patch));
    }
    const shape = encode(geometryOf(conv));
    const [from, to] = [addressOf(backend, images), addressOf(backend, out)];
    const tasks = ranges(batchSize * outHeight, 4 * threadsOf(backend)).map(
      ([first, rows]): Task => ['convolveRows', [...shape, from, height, width, packed, to, first, rows]],
    );
    runTasks(backend, tasks, 4 * PANEL);
  });
  if (!flat) backend.disposeData(images.dataId);
  return out;
}

/** By XNNPACK where that is faster, and what is dilated. */
export function conv2d(args: KernelArgs): TensorInfo {
  const { inputs, attrs, backend } = args;
  const dilated = [attrs.dilations ?? 1].flat().some((dilation) => dilation !== 1);
  if (leavesProducts(backend) || dilated) return stockKernel(Conv2D)(args);
  const [x, filter] = [inputs.x!, inputs.filter!];
  return convolve(backend, x, filter, convolutionOf(x.shape, filter.shape, attrs, false));
}

export const registerConv2d = (): void => replaceKernel(Conv2D, conv2d);
