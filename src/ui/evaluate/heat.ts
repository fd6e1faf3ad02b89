import type { Saliency } from '@/protocol/result.ts';

/**
 * Nine stops of matplotlib's inferno (van der Walt and Smith 2015): its lightness rises evenly, so that it reads in grey
 * and to colour-blind eyes, and its yellow stands out on light and on dark pictures.
 */
const INFERNO = [
  [0, 0, 4],
  [31, 12, 72],
  [85, 15, 109],
  [136, 34, 106],
  [186, 54, 85],
  [227, 89, 51],
  [249, 140, 10],
  [249, 201, 50],
  [252, 255, 164],
] as const;

/** The map's colours from nothing to most, for a legend. */
export const HEAT_GRADIENT = `linear-gradient(to right, ${INFERNO.map((stop) => `rgb(${stop.join(' ')})`).join(', ')})`;

/** Colour of a value from 0 to 1. */
export function heatOf(value: number): [number, number, number] {
  const place = Math.min(1, Math.max(0, value)) * (INFERNO.length - 1);
  const [low, high] = [INFERNO[Math.floor(place)]!, INFERNO[Math.ceil(place)]!];
  const share = place - Math.floor(place);
  return [0, 1, 2].map((i) => Math.round(low[i]! + share * (high[i]! - low[i]!))) as [number, number, number];
}

/** What spoke little covers little: the picture shows through, and is a shade darker only. */
const coverOf = (value: number): number => Math.round(255 * Math.min(1, 0.3 + 1.4 * value));

/** Puts a map on a canvas, a pixel a value; the page scales it smoothly. */
export function drawHeat(canvas: HTMLCanvasElement, { width, height, map }: Saliency): void {
  canvas.width = width;
  canvas.height = height;
  const image = new ImageData(width, height);
  map.forEach((value, i) => {
    image.data.set([...heatOf(value), coverOf(value)], 4 * i);
  });
  canvas.getContext('2d')?.putImageData(image, 0, 0);
}
