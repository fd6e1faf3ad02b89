import { centreSquare } from './prepare.ts';
import type { ImageType } from './sniff.ts';

export const THUMBNAIL_SIZE = 112;
/** Up to this many bytes a small picture is its own thumbnail. */
const SMALL_BYTES = 16 * 1024;

/** What is known of the picture besides its pixels. */
export interface ThumbnailSource {
  blob: Blob;
  type: ImageType;
  translucent: boolean;
}

/**
 * The centre square at no more than 112 px a side, over white, for the page only. A picture that is small already and
 * opaque is passed on as it is.
 */
export async function thumbnailOf(bitmap: ImageBitmap, source: ThumbnailSource): Promise<Blob> {
  const { width, height } = bitmap;
  const fits = Math.max(width, height) <= THUMBNAIL_SIZE && source.blob.size <= SMALL_BYTES;
  if (fits && !source.translucent) return source.blob.slice(0, source.blob.size, source.type);
  const square = centreSquare(bitmap);
  const side = Math.min(square.side, THUMBNAIL_SIZE);
  const canvas = new OffscreenCanvas(side, side);
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) throw new Error('no 2d context');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, side, side);
  context.imageSmoothingQuality = 'medium';
  context.drawImage(bitmap, square.left, square.top, square.side, square.side, 0, 0, side, side);
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.82 });
}
