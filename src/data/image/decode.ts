import { firstBytes } from '../../lib/first-bytes.ts';
import { ProblemError } from '../../protocol/problems.ts';
import { overWhite } from './composite.ts';
import { centreSquare } from './prepare.ts';
import { type ImageType, SNIFF_BYTES, sniffImage, sniffOther, sniffSize } from './sniff.ts';
import type { RgbaImage } from './types.ts';

/** A picture of more pixels is refused before it is decoded: it would take some 400 MB twice over. */
export const MAX_PIXELS = 100e6;
/** Headers, with room for the colour profiles and previews that cameras put before the frame header. */
const HEADER_BYTES = 256 * 1024;
/** In a JPEG the frame header may lie behind any number of such segments. */
const LONG_HEADER_BYTES = 16 * 2 ** 20;

/** One canvas for all: drawing and reading back happen without a pause in between. */
let canvas: OffscreenCanvas | undefined;
let context: OffscreenCanvasRenderingContext2D | undefined;

function canvasOf(width: number, height: number): OffscreenCanvasRenderingContext2D {
  canvas ??= new OffscreenCanvas(width, height);
  // Setting a size clears the canvas.
  canvas.width = width;
  canvas.height = height;
  context ??= canvas.getContext('2d', { willReadFrequently: true }) ?? undefined;
  if (!context) throw new Error('no 2d context');
  return context;
}

/**
 * The picture as stored values: no colour management, EXIF orientation applied, alpha not multiplied in; and what kind of
 * file it is. Whoever asks closes the bitmap. Throws `file-not-image`, and `image-unreadable` with the file and a reason:
 * `too-large` (before decoding) or `damaged`.
 */
export async function openPicture(blob: Blob, file: string): Promise<{ bitmap: ImageBitmap; type: ImageType }> {
  const header = await firstBytes(blob, HEADER_BYTES);
  const type = sniffImage(header);
  if (!header.length) throw new ProblemError('image-unreadable', { file, reason: 'damaged' });
  if (!type) throw new ProblemError('file-not-image', { file, reason: sniffOther(header.subarray(0, SNIFF_BYTES)) });
  const size =
    sniffSize(header) ?? (type === 'image/jpeg' ? sniffSize(await firstBytes(blob, LONG_HEADER_BYTES)) : null);
  if (size) refuseLarge(size, file);
  const bitmap = await createImageBitmap(blob, {
    colorSpaceConversion: 'none',
    premultiplyAlpha: 'none',
    imageOrientation: 'from-image',
  }).catch((cause: unknown) => {
    throw new ProblemError('image-unreadable', { file, reason: 'damaged' }, { cause });
  });
  refuseLarge(bitmap, file);
  return { bitmap, type };
}

/** The bitmap of `openPicture`. */
export const openBitmap = async (blob: Blob, file: string): Promise<ImageBitmap> =>
  (await openPicture(blob, file)).bitmap;

function refuseLarge({ width, height }: { width: number; height: number }, file: string): void {
  if (width * height > MAX_PIXELS) {
    const values = { file, reason: 'too-large', width, height, limit: MAX_PIXELS };
    throw new ProblemError('image-unreadable', values);
  }
}

/** Whole pixels of a picture. */
interface Part {
  width: number;
  height: number;
  left?: number;
  top?: number;
}

/**
 * Pixels of a bitmap, or of a part of it, over white. A canvas holds colours multiplied by alpha, and reading back divides again; laid over
 * white, both roundings cancel, as `decode.browser.test.ts` checks for every pair of value and alpha.
 */
export function rgbaOf(bitmap: ImageBitmap, file: string, part: Part = bitmap): RgbaImage & { translucent: boolean } {
  const { width, height, left = 0, top = 0 } = part;
  try {
    const target = canvasOf(width, height);
    target.drawImage(bitmap, -left, -top);
    const { data } = target.getImageData(0, 0, width, height);
    return { width, height, data, translucent: overWhite(data) };
  } catch (cause) {
    // A side longer than a canvas may have, or no memory for it.
    throw new ProblemError('image-unreadable', { file, reason: 'too-large', width, height }, { cause });
  } finally {
    // Keeping a large canvas would keep its memory.
    if (width * height > 4e6) canvasOf(1, 1);
  }
}

/** What `prepare` reads of a bitmap, and no more of it: the square in its middle. */
export function squareOf(bitmap: ImageBitmap, file: string): RgbaImage & { translucent: boolean } {
  const { left, top, side } = centreSquare(bitmap);
  return rgbaOf(bitmap, file, { left, top, width: side, height: side });
}

/** A whole picture over white, upright. Throws `image-unreadable`. */
export async function decode(blob: Blob, file: string): Promise<RgbaImage> {
  const bitmap = await openBitmap(blob, file);
  try {
    return rgbaOf(bitmap, file);
  } finally {
    bitmap.close();
  }
}
