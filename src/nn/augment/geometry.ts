/** Where the pixels of a picture of `width` x `height` come from: [x, y] = [a x + b y + c, d x + e y + f], pixel indices. */
export type AffineMap = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

export interface Size {
  width: number;
  height: number;
}
export interface Box extends Size {
  left: number;
  top: number;
}

export interface Geometry {
  flipHorizontal: boolean;
  flipVertical: boolean;
  /** Counterclockwise as seen, in degrees, about the middle. */
  angle: number;
  /** What is cut out and enlarged to the whole, in pixels, not rounded. */
  crop: Box;
}

const ASPECTS = [3 / 4, 4 / 3] as const;
const TRIES = 10;

/**
 * A box of (1 - crop) to all of the area and of an aspect ratio from 3/4 to 4/3, drawn on a logarithmic scale, as
 * torchvision's RandomResizedCrop, but not rounded to whole pixels. Without a fitting one in ten tries: the whole picture.
 */
export function randomCrop({ width, height }: Size, crop: number, next: () => number): Box {
  for (let i = 0; i < TRIES; i++) {
    const area = width * height * (1 - crop * next());
    const aspect = between(Math.log(ASPECTS[0]), Math.log(ASPECTS[1]), next, Math.exp);
    const box = { width: Math.sqrt(area * aspect), height: Math.sqrt(area / aspect) };
    if (box.width <= width && box.height <= height)
      return { ...box, left: (width - box.width) * next(), top: (height - box.height) * next() };
  }
  return { left: 0, top: 0, width, height };
}

/** Uniform between two ends, then `shape`. */
export const between = (low: number, high: number, next: () => number, shape = (x: number) => x): number =>
  shape(low + (high - low) * next());

/**
 * Cutting out, turning and flipping as one map, so that the picture is sampled once. Pixel i covers [i, i + 1): its
 * middle is at i + 1/2.
 */
export function mapOf({ width, height }: Size, g: Geometry): AffineMap {
  const turn = (g.angle * Math.PI) / 180;
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const [mx, my] = [g.flipHorizontal ? -1 : 1, g.flipVertical ? -1 : 1];
  const [sx, sy] = [g.crop.width / width, g.crop.height / height];
  // from the middle of the result to the middle of the box
  const [a, b, d, e] = [sx * cos * mx, -sx * sin * my, sy * sin * mx, sy * cos * my];
  const [x, y] = [(width - 1) / 2, (height - 1) / 2];
  const c = g.crop.left + g.crop.width / 2 - 0.5 - a * x - b * y;
  const f = g.crop.top + g.crop.height / 2 - 0.5 - d * x - e * y;
  return [a, b, c, d, e, f];
}
