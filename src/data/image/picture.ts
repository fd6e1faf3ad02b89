import type { ImageInput } from '../../protocol/model.ts';

/** Pixels [size, size, channels] of 0 to 255 as a picture that a page can show, without loss. */
export async function pictureOf(pixels: ArrayLike<number>, { size, channels }: ImageInput): Promise<Blob> {
  const image = new ImageData(size, size);
  for (let i = 0; i < size * size; i++) {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = pixels[channels * i + (channels === 3 ? c : 0)]!;
    image.data[4 * i + 3] = 255;
  }
  const canvas = new OffscreenCanvas(size, size);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no 2d context');
  context.putImageData(image, 0, 0);
  return canvas.convertToBlob({ type: 'image/png' });
}
