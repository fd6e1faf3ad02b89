import { Conv2DBackpropFilter, type TensorInfo } from '@tensorflow/tfjs-core';
import { accumulate } from './accumulate.ts';
import { isPointwise } from './conv2d.ts';
import { convolutionOf } from './convolution.ts';
import { encode, geometryOf } from './geometry.ts';
import { addressOf, type KernelArgs, replaceKernel, zeros } from './heap.ts';
import { product } from './matrix-product.ts';
import { needsNoPadding, paddedSize, padImages } from './padding.ts';
import { packedBytes } from './product.ts';
import type { Task } from './routines.ts';

/**
 * dW [kh, kw, C, O] of a convolution of x [B, H, W, C], from dy [B, oh, ow, O]. TensorFlow.js ships none for
 * WebAssembly.
 */
export function conv2dBackpropFilter({ inputs, attrs, backend }: KernelArgs): TensorInfo {
  const [x, dy] = [inputs.x!, inputs.dy!];
  const filterShape = attrs.filterShape as number[];
  const conv = convolutionOf(x.shape, filterShape, attrs, false);
  const { batchSize, inChannels, outChannels, outHeight, outWidth } = conv;
  if (isPointwise(conv)) {
    const out = backend.makeOutput(filterShape, 'float32');
    const a = { address: addressOf(backend, x), rowBytes: 4 * inChannels, transposed: true };
    const b = { address: addressOf(backend, dy), rowBytes: 4 * outChannels, transposed: false };
    const c = { address: addressOf(backend, out), rowBytes: 4 * outChannels };
    product(backend, { a, b, c }, { rows: inChannels, columns: outChannels, depth: batchSize * outHeight * outWidth });
    return out;
  }
  const out = zeros(backend, filterShape);
  const flat = needsNoPadding(conv);
  const images = flat ? x : padImages(backend, x, conv);
  const { height, width } = paddedSize(conv);
  const shape = encode(geometryOf(conv));
  const [from, fromDy] = [addressOf(backend, images), addressOf(backend, dy)];
  const task = (to: number, first: number, rows: number): Task => [
    'filterGradientRows',
    [...shape, from, height, width, fromDy, to, first, rows],
  ];
  accumulate(backend, out, batchSize * outHeight, task, packedBytes(outChannels, outWidth));
  if (!flat) backend.disposeData(images.dataId);
  return out;
}

export const registerConv2dBackpropFilter = (): void => replaceKernel(Conv2DBackpropFilter, conv2dBackpropFilter);
