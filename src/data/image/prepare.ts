import type { ImageInput } from '../../protocol/model.ts';
import { luma } from './luma.ts';
import { resizeSquare } from './resize.ts';
import type { RgbaImage, Square } from './types.ts';

/** The largest square in the middle, in whole pixels; an odd pixel too many stays right and below. */
export function centreSquare({ width, height }: { width: number; height: number }): Square {
  const side = Math.min(width, height);
  return { left: (width - side) >> 1, top: (height - side) >> 1, side };
}

/**
 * What a model sees of a picture: [size, size, channels], bytes. In Pillow, with `box` the centre square:
 * `image.convert('RGB' or 'L').crop(box).resize((size, size), Image.BILINEAR)`.
 */
export function prepare(image: RgbaImage, { size, channels }: ImageInput): Uint8Array {
  const square = centreSquare(image);
  const colour = { ...image, stride: 4 };
  if (channels === 3) return resizeSquare(colour, square, size, 3);
  const { side } = square;
  const grey = { width: side, height: side, stride: 1, data: luma(colour, square) };
  return resizeSquare(grey, { left: 0, top: 0, side }, size, 1);
}
