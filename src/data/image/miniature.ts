import { overWhite } from './composite.ts';

/** How much finer the canvas draws than what is given: its own reduction depends on where the pixels come to lie. */
const FINER = 4;

let context: OffscreenCanvasRenderingContext2D | undefined;

/** [size, size, 4]: the whole picture, made small over white, its sides stretched to a square. */
export function miniature(bitmap: ImageBitmap, size: number): Uint8ClampedArray {
  const side = size * FINER;
  context ??= new OffscreenCanvas(side, side).getContext('2d', { willReadFrequently: true }) ?? undefined;
  if (!context) throw new Error('no 2d context');
  context.clearRect(0, 0, side, side);
  // Halves again and again, so that it does not alias.
  context.imageSmoothingQuality = 'medium';
  context.drawImage(bitmap, 0, 0, side, side);
  const { data } = context.getImageData(0, 0, side, side);
  overWhite(data);
  return average(data, size);
}

/** [size * FINER, size * FINER, 4] -> [size, size, 4], means of squares. */
function average(data: Uint8ClampedArray, size: number): Uint8ClampedArray {
  const sums = new Uint32Array(size * size * 4);
  const side = size * FINER;
  for (let y = 0, at = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const cell = 4 * (Math.floor(y / FINER) * size + Math.floor(x / FINER));
      for (let c = 0; c < 4; c++) sums[cell + c]! += data[at++]!;
    }
  return Uint8ClampedArray.from(sums, (sum) => sum / FINER ** 2);
}
