/** Convolutions and their gradients on one thread, over images that are padded already. NHWC. */
import { decode, GEOMETRY_NUMBERS } from './geometry.ts';
import { type Matrix, multiplyPacked, packedBytes, packMatrix } from './product.ts';
import { PANEL } from './simd/product.ts';
import type { Site } from './site.ts';

/** Bytes that the filter takes, packed row by row. */
export const packedFilterBytes = (filterHeight: number, patch: number, outChannels: number): number =>
  filterHeight * packedBytes(outChannels, patch);

/**
 * out [oh, ow, O] of outputs' rows [first, first + rows): per row of the filter, out += X W[i] with X [ow, kw C], whose
 * rows are neighbouring windows of the padded image, so that nothing is gathered. `filter` is packed row by row.
 */
export function convolveRows({ loops, scratch }: Site, args: readonly number[]): void {
  const g = decode(args);
  const [x, height, width, filter, out, first, rows] = args.slice(GEOMETRY_NUMBERS) as Seven;
  const patch = g.filterWidth * g.inChannels;
  const size = packedBytes(g.outChannels, patch);
  for (let row = first; row < first + rows; row++) {
    const top = Math.floor(row / g.outHeight) * height + (row % g.outHeight) * g.strideHeight;
    const target = { address: out + 4 * row * g.outWidth * g.outChannels, rowBytes: 4 * g.outChannels };
    for (let i = 0; i < g.filterHeight; i++) {
      const a: Matrix = {
        address: x + 4 * (top + i) * width * g.inChannels,
        rowBytes: 4 * g.strideWidth * g.inChannels,
        transposed: false,
      };
      const packed = { address: filter + i * size, columns: g.outChannels, depth: patch };
      multiplyPacked(loops, a, packed, target, g.outWidth, i > 0, scratch);
    }
  }
}

/**
 * dW [kh, kw, C, O] += over outputs' rows [first, first + rows): per row of outputs and of the filter, dW[i] += X^T dy
 * with X as in `convolveRows`.
 */
export function filterGradientRows({ loops, scratch }: Site, args: readonly number[]): void {
  const g = decode(args);
  const [x, height, width, dy, out, first, rows] = args.slice(GEOMETRY_NUMBERS) as Seven;
  const patch = g.filterWidth * g.inChannels;
  const spill = scratch + packedBytes(g.outChannels, g.outWidth) - 4 * PANEL;
  for (let row = first; row < first + rows; row++) {
    const address = dy + 4 * row * g.outWidth * g.outChannels;
    const b: Matrix = { address, rowBytes: 4 * g.outChannels, transposed: false };
    const packed = packMatrix(loops, b, g.outChannels, g.outWidth, scratch);
    const top = Math.floor(row / g.outHeight) * height + (row % g.outHeight) * g.strideHeight;
    for (let i = 0; i < g.filterHeight; i++) {
      const a: Matrix = {
        address: x + 4 * (top + i) * width * g.inChannels,
        rowBytes: 4 * g.strideWidth * g.inChannels,
        transposed: true,
      };
      const target = { address: out + 4 * i * patch * g.outChannels, rowBytes: 4 * g.outChannels };
      multiplyPacked(loops, a, packed, target, patch, true, spill);
    }
  }
}
type Seven = [number, number, number, number, number, number, number];

/** Scratch memory of `inputGradientImages`. */
export const patchesBytes = (outWidth: number, patch: number): number => 4 * outWidth * patch + 4 * PANEL;

/**
 * dX of images [first, first + images), padded and zero before, for any stride: the patches' gradient dy W^T
 * [ow, kh kw C], row by row, added where the patches came from. `filter` is W^T packed.
 */
export function inputGradientImages({ loops, scratch }: Site, args: readonly number[]): void {
  const g = decode(args);
  const [dx, height, width, filter, dy, first, images] = args.slice(GEOMETRY_NUMBERS) as Seven;
  const run = g.filterWidth * g.inChannels;
  const patch = g.filterHeight * run;
  const packed = { address: filter, columns: patch, depth: g.outChannels };
  const patches = { address: scratch + 4 * PANEL, rowBytes: 4 * patch };
  const step = 4 * g.strideWidth * g.inChannels;
  for (let row = first * g.outHeight; row < (first + images) * g.outHeight; row++) {
    const address = dy + 4 * row * g.outWidth * g.outChannels;
    const a: Matrix = { address, rowBytes: 4 * g.outChannels, transposed: false };
    multiplyPacked(loops, a, packed, patches, g.outWidth, false, scratch);
    const top = Math.floor(row / g.outHeight) * height + (row % g.outHeight) * g.strideHeight;
    for (let i = 0; i < g.filterHeight; i++) {
      const target = dx + 4 * (top + i) * width * g.inChannels;
      loops.addRuns(target, step, patches.address + 4 * i * run, patches.rowBytes, g.outWidth, run);
    }
  }
}
