import type { EmbeddingMap, MapLook } from '@/protocol/inside.ts';

/** Of the drawing, in its own unit. */
export const WIDTH = 600;
export const HEIGHT = 300;
const MARGIN = 14;

/** One unit of the embedding in units of the drawing: so much that every look fits, the same both ways and at all times. */
export function unitOf({ looks }: EmbeddingMap): number {
  let [x, y] = [0, 0];
  for (const { points } of looks)
    for (let i = 0; i < points.length; i += 2) {
      x = Math.max(x, Math.abs(points[i]!));
      y = Math.max(y, Math.abs(points[i + 1]!));
    }
  const fits = Math.min((WIDTH / 2 - MARGIN) / (x || 1), (HEIGHT / 2 - MARGIN) / (y || 1));
  return Number.isFinite(fits) ? fits : 1;
}

export interface Place {
  x: number;
  y: number;
}

/** Where an example of a look is drawn. The mean of all is in the middle. */
export const placeOf = ({ points }: MapLook, example: number, unit: number): Place => ({
  x: WIDTH / 2 + unit * points[2 * example]!,
  y: HEIGHT / 2 - unit * points[2 * example + 1]!,
});

/** The example that is drawn nearest to a place, within `reach`. */
export function nearest(look: MapLook, unit: number, to: Place, reach: number): number | undefined {
  let found: number | undefined;
  let least = reach;
  for (let example = 0; example < look.points.length / 2; example++) {
    const { x, y } = placeOf(look, example, unit);
    const distance = Math.hypot(x - to.x, y - to.y);
    if (distance > least) continue;
    least = distance;
    found = example;
  }
  return found;
}

/** Share of the first look's spread that anything has moved since; 0 where the embedding does not move. */
export function moved({ looks }: EmbeddingMap): number {
  const [first, last] = [looks[0]!, looks.at(-1)!];
  const spread = Math.max(...first.points.map(Math.abs));
  return Math.max(...first.points.map((value, i) => Math.abs(value - last.points[i]!))) / (spread || 1);
}

/** Colour and shape of a class, from 0: six of each, so that thirty-six are told apart. */
export const glyphOf = (label: number): { run: number; shape: number } => ({
  run: label + 1,
  shape: label + 1 + Math.floor(label / 6),
});
