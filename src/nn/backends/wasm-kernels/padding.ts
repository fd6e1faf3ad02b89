/** Zero padding around images, so that the loops over them need no bounds checks. NHWC throughout. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type Convolution, floats, zeros } from './heap.ts';

/** Height and width that the windows of a convolution reach over, padding included; never less than the image. */
export function paddedSize(conv: Convolution): { height: number; width: number } {
  const { padInfo, inHeight, inWidth } = conv;
  const lastRow = (conv.outHeight - 1) * conv.strideHeight + conv.effectiveFilterHeight;
  const lastColumn = (conv.outWidth - 1) * conv.strideWidth + conv.effectiveFilterWidth;
  return {
    height: Math.max(padInfo.top + inHeight, lastRow),
    width: Math.max(padInfo.left + inWidth, lastColumn),
  };
}

/** Whether `padImages` would change nothing. */
export const needsNoPadding = (conv: Convolution): boolean => {
  const { height, width } = paddedSize(conv);
  return conv.padInfo.top === 0 && conv.padInfo.left === 0 && height === conv.inHeight && width === conv.inWidth;
};

/** Copies rows between images of different size; `columns` floats from each of `rows` rows, for every image. */
function copyRows(
  from: { values: Float32Array; image: number; row: number; start: number },
  to: { values: Float32Array; image: number; row: number; start: number },
  images: number,
  rows: number,
  columns: number,
): void {
  for (let b = 0; b < images; b++) {
    for (let r = 0; r < rows; r++) {
      const at = from.start + b * from.image + r * from.row;
      to.values.set(from.values.subarray(at, at + columns), to.start + b * to.image + r * to.row);
    }
  }
}

/** x [B, H, W, C] -> [B, paddedHeight, paddedWidth, C]; a new tensor that the caller disposes. */
export function padImages(backend: BackendWasm, x: TensorInfo, conv: Convolution): TensorInfo {
  const { batchSize, inHeight, inWidth, inChannels, padInfo } = conv;
  const { height, width } = paddedSize(conv);
  const out = zeros(backend, [batchSize, height, width, inChannels]);
  const row = width * inChannels;
  copyRows(
    { values: floats(backend, x), image: inHeight * inWidth * inChannels, row: inWidth * inChannels, start: 0 },
    { values: floats(backend, out), image: height * row, row, start: padInfo.top * row + padInfo.left * inChannels },
    batchSize,
    inHeight,
    inWidth * inChannels,
  );
  return out;
}

/** The inverse of `padImages`: [B, paddedHeight, paddedWidth, C] -> [B, H, W, C]. */
export function cropImages(backend: BackendWasm, padded: TensorInfo, conv: Convolution): TensorInfo {
  const { batchSize, inHeight, inWidth, inChannels, padInfo } = conv;
  const { height, width } = paddedSize(conv);
  const out = backend.makeOutput([batchSize, inHeight, inWidth, inChannels], 'float32');
  const row = width * inChannels;
  copyRows(
    { values: floats(backend, padded), image: height * row, row, start: padInfo.top * row + padInfo.left * inChannels },
    { values: floats(backend, out), image: inHeight * inWidth * inChannels, row: inWidth * inChannels, start: 0 },
    batchSize,
    inHeight,
    inWidth * inChannels,
  );
  return out;
}
