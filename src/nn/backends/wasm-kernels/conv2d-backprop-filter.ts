import { Conv2DBackpropFilter, type TensorInfo } from '@tensorflow/tfjs-core';
import { convolutionOf } from './convolution.ts';
import { addressOf, type KernelArgs, replaceKernel, withScratch, zeros } from './heap.ts';
import { needsNoPadding, paddedSize, padImages } from './padding.ts';
import { type Matrix, multiplyPacked, packedBytes, packMatrix, product } from './product.ts';

/**
 * dW [kh, kw, C, O] of a convolution of x [B, H, W, C], from dy [B, oh, ow, O]. TensorFlow.js ships none for
 * WebAssembly. Per row of outputs and row of the filter, dW[i] += X^T dy with X [ow, kw C]: neighbouring windows of a
 * padded image are rows of a matrix whose stride is the convolution's, so nothing is gathered.
 */
export function conv2dBackpropFilter({ inputs, attrs, backend }: KernelArgs): TensorInfo {
  const [x, dy] = [inputs.x!, inputs.dy!];
  const filterShape = attrs.filterShape as number[];
  const conv = convolutionOf(x.shape, filterShape, attrs, false);
  const { batchSize, inChannels, outChannels, outHeight, outWidth, filterHeight, filterWidth } = conv;
  const out = zeros(backend, filterShape);
  const flat = needsNoPadding(conv);
  const images = flat ? x : padImages(backend, x, conv);
  const width = paddedSize(conv).width;
  const [to, from, fromDy] = [addressOf(backend, out), addressOf(backend, images), addressOf(backend, dy)];
  const target = { address: to, rowBytes: 4 * outChannels };
  if (flat && filterHeight === 1 && filterWidth === 1 && conv.strideHeight === 1 && conv.strideWidth === 1) {
    const a: Matrix = { address: from, rowBytes: 4 * inChannels, transposed: true };
    const b: Matrix = { address: fromDy, rowBytes: 4 * outChannels, transposed: false };
    const depth = batchSize * outHeight * outWidth;
    product(backend, a, b, target, { rows: inChannels, columns: outChannels, depth });
    return out;
  }
  const rowBytes = 4 * width * inChannels;
  const patch = filterWidth * inChannels;
  withScratch(backend, packedBytes(outChannels, outWidth), (scratch) => {
    for (let row = 0; row < batchSize * outHeight; row++) {
      const b: Matrix = {
        address: fromDy + 4 * row * outWidth * outChannels,
        rowBytes: 4 * outChannels,
        transposed: false,
      };
      const packed = packMatrix(backend, b, outChannels, outWidth, scratch);
      const image = Math.floor(row / outHeight);
      const top = image * paddedSize(conv).height + (row % outHeight) * conv.strideHeight;
      for (let i = 0; i < filterHeight; i++) {
        const a: Matrix = {
          address: from + (top + i) * rowBytes,
          rowBytes: 4 * conv.strideWidth * inChannels,
          transposed: true,
        };
        multiplyPacked(backend, a, packed, { ...target, address: to + i * patch * target.rowBytes }, patch, true);
      }
    }
  });
  if (!flat) backend.disposeData(images.dataId);
  return out;
}

export const registerConv2dBackpropFilter = (): void => replaceKernel(Conv2DBackpropFilter, conv2dBackpropFilter);
