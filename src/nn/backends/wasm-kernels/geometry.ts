/** What a convolution's windows are, as numbers that a task can carry. */
import type { Convolution } from './heap.ts';

const NAMES = [
  'batchSize',
  'inHeight',
  'inWidth',
  'inChannels',
  'outHeight',
  'outWidth',
  'outChannels',
  'filterHeight',
  'filterWidth',
  'strideHeight',
  'strideWidth',
  'dilationHeight',
  'dilationWidth',
] as const;

export type Geometry = Record<(typeof NAMES)[number] | 'top' | 'left', number>;

/** Numbers that `encode` makes. */
export const GEOMETRY_NUMBERS = NAMES.length + 2;

export const geometryOf = (conv: Convolution): Geometry => ({
  ...conv,
  top: conv.padInfo.top,
  left: conv.padInfo.left,
});

export const encode = (g: Geometry): number[] => [...NAMES.map((name) => g[name]), g.top, g.left];

export function decode(numbers: readonly number[]): Geometry {
  const sizes = Object.fromEntries(NAMES.map((name, i) => [name, numbers[i]!])) as Geometry;
  return { ...sizes, top: numbers[NAMES.length]!, left: numbers[NAMES.length + 1]! };
}

/**
 * The geometry whose convolution of dy with the filter turned by half a circle is the gradient for x, of a convolution
 * with stride 1; undefined where there is none.
 */
export function turned(g: Geometry): Geometry | undefined {
  const unit = g.strideHeight * g.strideWidth * g.dilationHeight * g.dilationWidth === 1;
  if (!unit || g.top >= g.filterHeight || g.left >= g.filterWidth) return undefined;
  return {
    ...g,
    inHeight: g.outHeight,
    inWidth: g.outWidth,
    inChannels: g.outChannels,
    outHeight: g.inHeight,
    outWidth: g.inWidth,
    outChannels: g.inChannels,
    top: g.filterHeight - 1 - g.top,
    left: g.filterWidth - 1 - g.left,
  };
}

/** Outputs along an axis whose window's tap lies inside the image: the first, and how many. */
export function inside(
  offset: number,
  stride: number,
  length: number,
  outputs: number,
): { first: number; count: number } {
  const first = Math.max(0, Math.ceil(-offset / stride));
  const end = Math.min(outputs, Math.ceil((length - offset) / stride));
  return { first, count: Math.max(0, end - first) };
}
