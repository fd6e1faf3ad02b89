import type { ReactNode } from 'react';

/** Drawings in a square of 18 around 0: one shape a run, so that colour never tells runs apart alone. */
const SHAPES = [
  'M-4.5,0a4.5,4.5 0 1,0 9,0a4.5,4.5 0 1,0 -9,0z',
  'M-4,-4h8v8h-8z',
  'M0,-5L5,4L-5,4z',
  'M0,-5.5L5.5,0L0,5.5L-5.5,0z',
  'M-5,-3L-3,-5L0,-2L3,-5L5,-3L2,0L5,3L3,5L0,2L-3,5L-5,3L-2,0z',
  'M0,-6L1.7,-2.3L5.7,-1.9L2.7,0.9L3.5,4.9L0,2.8L-3.5,4.9L-2.7,0.9L-5.7,-1.9L-1.7,-2.3z',
] as const;

const placeOf = (number: number): number => (number - 1) % SHAPES.length;

/** The colour of run 1, 2, 3, …: six, then again from the first. */
export const runColor = (number: number): string => `var(--run-${placeOf(number) + 1})`;

/** Amber and sky are too pale for small words: those are written in ink, beside their shape. */
export const runInk = (number: number): string => ([3, 4].includes(placeOf(number)) ? 'var(--ink)' : runColor(number));

interface GlyphProps {
  run: number;
  /** Another one's shape. */
  shape?: number;
  /** Outlined, on the surface's colour. */
  hollow?: boolean;
  scale?: number;
}

/** A run's shape inside a drawing, around its origin. */
export function RunGlyph({ run, shape = run, hollow = false, scale = 1 }: GlyphProps): ReactNode {
  return (
    <path
      d={SHAPES[placeOf(shape)]}
      transform={`scale(${scale})`}
      fill={hollow ? 'var(--surface)' : runColor(run)}
      stroke={hollow ? runColor(run) : 'var(--surface)'}
      strokeWidth={(hollow ? 2 : 1) / scale}
    />
  );
}

/** A run's shape as a picture of its own. */
export function RunMarker({ run, size = 18 }: { run: number; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="-9 -9 18 18" aria-hidden="true" style={{ flex: 'none' }}>
      <RunGlyph run={run} />
    </svg>
  );
}
