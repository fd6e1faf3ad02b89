import type { Raster, Square } from './types.ts';

/**
 * Pillow's 8-bit `image.crop(box).resize((size, size), Image.BILINEAR)` of a square box, bit for bit (Resample.c): a
 * triangle filter as wide as the reduction, so that it does not alias; weights in fixed point; horizontal pass, rounded
 * to bytes, then vertical.
 *
 * Cut out first, not `resize(box=box)`: since Pillow 13 the order of the passes, and with it the last bit, depends there
 * on how tall the whole picture is. A square is resized alike by every version.
 */

/** 8 bits are the value's, 2 keep the sum of weighted values within 32. */
const PRECISION_BITS = 32 - 8 - 2;
const HALF = 1 << (PRECISION_BITS - 1);

/** Weights of one direction: output `i` sums `length[i]` inputs from `first[i]`, weighted `weights[i * taps ...]`. */
interface Filter {
  taps: number;
  first: Int32Array;
  length: Int32Array;
  weights: Int32Array;
}

/** `precompute_coeffs` and `normalize_coeffs_8bpc` for the triangle filter, whose support is 1. */
export function triangleFilter(inSize: number, outSize: number): Filter {
  const scale = inSize / outSize;
  const support = Math.max(scale, 1);
  const taps = Math.ceil(support) * 2 + 1;
  const filter: Filter = {
    taps,
    first: new Int32Array(outSize),
    length: new Int32Array(outSize),
    weights: new Int32Array(outSize * taps),
  };
  const exact = new Float64Array(taps);
  // Multiplied, not divided by the support: the C code does, and the last bit counts.
  const inverse = 1 / support;
  for (let i = 0; i < outSize; i++) {
    const center = (i + 0.5) * scale;
    const first = Math.max(0, Math.trunc(center - support + 0.5));
    const length = Math.min(inSize, Math.trunc(center + support + 0.5)) - first;
    let sum = 0;
    for (let x = 0; x < length; x++) {
      exact[x] = Math.max(0, 1 - Math.abs((x + first - center + 0.5) * inverse));
      sum += exact[x]!;
    }
    for (let x = 0; x < length; x++) {
      filter.weights[i * taps + x] = Math.trunc(0.5 + (exact[x]! / sum) * (1 << PRECISION_BITS));
    }
    filter.first[i] = first;
    filter.length[i] = length;
  }
  return filter;
}

/** The square at (left, top), `side` pixels a side, of the raster's first channels: [size, size, channels]. */
export function resizeSquare(source: Raster, square: Square, size: number, channels: 1 | 3): Uint8Array {
  const filter = triangleFilter(square.side, size);
  const across = channels === 3 ? acrossColour : acrossGrey;
  return downRows(across(source, square, filter, size), filter, size * channels, size);
}

/** [bottom - top, width, 3] from rows `top` to `bottom`. */
function acrossColour(source: Raster, { left, top, side }: Square, filter: Filter, size: number): Uint8Array {
  const { data, stride } = source;
  const { taps, first, length, weights } = filter;
  const out = new Uint8Array(side * size * 3);
  let o = 0;
  for (let y = top; y < top + side; y++) {
    const row = y * source.width + left;
    for (let i = 0; i < size; i++) {
      let at = (row + first[i]!) * stride;
      let r = HALF;
      let g = HALF;
      let b = HALF;
      const end = i * taps + length[i]!;
      for (let k = i * taps; k < end; k++) {
        const weight = weights[k]!;
        r = (r + Math.imul(data[at]!, weight)) | 0;
        g = (g + Math.imul(data[at + 1]!, weight)) | 0;
        b = (b + Math.imul(data[at + 2]!, weight)) | 0;
        at += stride;
      }
      // No clipping: the weights are positive and sum to one within a few units, so 255 stays below 256.
      out[o++] = r >> PRECISION_BITS;
      out[o++] = g >> PRECISION_BITS;
      out[o++] = b >> PRECISION_BITS;
    }
  }
  return out;
}

/** [bottom - top, width, 1] from rows `top` to `bottom`. */
function acrossGrey(source: Raster, { left, top, side }: Square, filter: Filter, size: number): Uint8Array {
  const { data, stride } = source;
  const { taps, first, length, weights } = filter;
  const out = new Uint8Array(side * size);
  let o = 0;
  for (let y = top; y < top + side; y++) {
    const row = y * source.width + left;
    for (let i = 0; i < size; i++) {
      let at = (row + first[i]!) * stride;
      let sum = HALF;
      const end = i * taps + length[i]!;
      for (let k = i * taps; k < end; k++) {
        sum = (sum + Math.imul(data[at]!, weights[k]!)) | 0;
        at += stride;
      }
      out[o++] = sum >> PRECISION_BITS;
    }
  }
  return out;
}

/** Vertical pass: [size, pitch] from rows of `pitch` bytes. */
function downRows(rows: Uint8Array, filter: Filter, pitch: number, size: number): Uint8Array {
  const { taps, first, length, weights } = filter;
  const out = new Uint8Array(size * pitch);
  const sums = new Int32Array(pitch);
  for (let i = 0; i < size; i++) {
    sums.fill(HALF);
    for (let k = 0; k < length[i]!; k++) {
      const weight = weights[i * taps + k]!;
      const row = (first[i]! + k) * pitch;
      for (let x = 0; x < pitch; x++) sums[x] = (sums[x]! + Math.imul(rows[row + x]!, weight)) | 0;
    }
    for (let x = 0; x < pitch; x++) out[i * pitch + x] = sums[x]! >> PRECISION_BITS;
  }
  return out;
}
