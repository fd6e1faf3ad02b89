/** Pictures a second while the button is held; Teachable Machine takes about as many. */
export const FRAME_RATE = 8;
/** Pixels a side: more than any model here looks at. */
const SIDE = 512;
const QUALITY = 0.9;

/** The largest square in the middle, where the models look too. */
export const middleOf = (width: number, height: number) => {
  const side = Math.min(width, height);
  return { x: (width - side) / 2, y: (height - side) / 2, side };
};

/** The picture that the camera shows now, as a square JPEG; undefined before its first frame. */
export async function takeFrame(video: HTMLVideoElement): Promise<Blob | undefined> {
  const { videoWidth, videoHeight } = video;
  if (videoWidth === 0) return undefined;
  const { x, y, side } = middleOf(videoWidth, videoHeight);
  const size = Math.min(SIDE, side);
  const canvas = new OffscreenCanvas(size, size);
  canvas.getContext('2d')!.drawImage(video, x, y, side, side, 0, 0, size, size);
  return canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY });
}
