import type { Raster, Square } from './types.ts';

/**
 * Luminance of a square of a colour raster, [side, side, 1], as Pillow's `convert('L')`: ITU-R 601-2 weights in 16-bit
 * fixed point, rounded (Convert.c, `L24`).
 */
export function luma({ width, stride, data }: Raster, { left, top, side }: Square): Uint8Array {
  const grey = new Uint8Array(side * side);
  for (let y = 0, o = 0; y < side; y++) {
    let at = ((top + y) * width + left) * stride;
    for (let x = 0; x < side; x++, at += stride) {
      grey[o++] = (data[at]! * 19595 + data[at + 1]! * 38470 + data[at + 2]! * 7471 + 0x8000) >> 16;
    }
  }
  return grey;
}
