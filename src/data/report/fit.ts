import { SIDE } from './fingerprint.ts';

/** Takes the second of two small pictures onto the first: a(u, v) = gain * b(sx * u + tx, sy * v + ty) + offset. */
export interface Fit {
  gain: number;
  offset: number;
  /** Scales and shifts in small pixels, u and v counted from the middle. */
  sx: number;
  tx: number;
  sy: number;
  ty: number;
}

/** Furthest that a copy may be lighter, darker or of another contrast. */
const GAINS = [0.5, 2] as const;
/** Furthest that a copy may be cut: its scale, and its shift. */
const SCALES = [0.8, 1.25] as const;
const SHIFT = 5;
/** Pixels at the rim that are not compared: they may lie outside of a cropped copy. */
export const RIM = 2;
const STEPS = 6;
/** Change of a parameter below which nothing more is gained. */
const SETTLED = 0.01;

const inside = (value: number, [low, high]: readonly [number, number]): boolean => value >= low && value <= high;

/** Gain and offset alone that take x to y, by least squares, and the squares that they leave; undefined where they are no copy's. */
export function toneFit(y: Uint8Array, x: Uint8Array): { fit: Fit; rest: number } | undefined {
  const n = x.length;
  let [sx, sy, sxx, sxy, syy] = [0, 0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    sx += x[i]!;
    sy += y[i]!;
    sxx += x[i]! * x[i]!;
    sxy += x[i]! * y[i]!;
    syy += y[i]! * y[i]!;
  }
  const gain = (n * sxy - sx * sy) / (n * sxx - sx * sx);
  if (!inside(gain, GAINS)) return undefined;
  const fit = { gain, offset: (sy - gain * sx) / n, sx: 1, tx: 0, sy: 1, ty: 0 };
  return { fit, rest: syy - (sy * sy) / n - gain * (sxy - (sx * sy) / n) };
}

/**
 * Shift, scale, gain and offset that bring the difference of the two down, from `start`, by Gauss-Newton steps (Lucas and
 * Kanade 1981; Baker and Matthews 2004, section 2, with gain and bias). Undefined where they are no copy's.
 */
export function warpFit(a: Uint8Array, b: Uint8Array, start: Fit): Fit | undefined {
  const fit = { ...start };
  for (let step = 0; step < STEPS; step++) {
    const change = improvement(a, b, fit);
    if (!change) return undefined;
    const [gain, offset, sx, tx, sy, ty] = change as [number, number, number, number, number, number];
    fit.gain += gain;
    fit.offset += offset;
    fit.sx += sx;
    fit.tx += tx;
    fit.sy += sy;
    fit.ty += ty;
    if (!inside(fit.gain, GAINS) || !inside(fit.sx, SCALES) || !inside(fit.sy, SCALES)) return undefined;
    if (Math.abs(fit.tx) > SHIFT || Math.abs(fit.ty) > SHIFT) return undefined;
    if (Math.max(Math.abs(tx), Math.abs(ty), SIDE * Math.abs(sx), SIDE * Math.abs(sy)) < SETTLED) break;
  }
  return fit;
}

export const CENTRE = (SIDE - 1) / 2;

/** Value and gradients of a small picture between its pixels. */
export interface Sample {
  value: number;
  dx: number;
  dy: number;
}

/** Bilinear, into `out`; false outside of the picture. */
export function sample(luma: Uint8Array, x: number, y: number, out: Sample): boolean {
  if (x < 0 || y < 0 || x > SIDE - 1 || y > SIDE - 1) return false;
  const left = Math.min(SIDE - 2, Math.floor(x));
  const top = Math.min(SIDE - 2, Math.floor(y));
  const fx = x - left;
  const fy = y - top;
  const i = top * SIDE + left;
  const a = luma[i]!;
  const b = luma[i + 1]!;
  const c = luma[i + SIDE]!;
  const d = luma[i + SIDE + 1]!;
  out.value = (1 - fy) * (a + fx * (b - a)) + fy * (c + fx * (d - c));
  out.dx = (1 - fy) * (b - a) + fy * (d - c);
  out.dy = (1 - fx) * (c - a) + fx * (d - b);
  return true;
}

/** Gain, offset, x scale, x shift, y scale, y shift. */
const PARAMETERS = 6;
const WIDTH = PARAMETERS + 1;

/** The change of all parameters that makes the squared difference least, to first order; undefined where none does. */
function improvement(a: Uint8Array, b: Uint8Array, { gain, offset, sx, tx, sy, ty }: Fit): number[] | undefined {
  const equations = new Float64Array(PARAMETERS * WIDTH);
  const row = new Float64Array(PARAMETERS);
  const at: Sample = { value: 0, dx: 0, dy: 0 };
  for (let y = RIM; y < SIDE - RIM; y++)
    // Every second pixel, as on a chessboard: softened, the others say nothing new.
    for (let x = RIM + (y & 1); x < SIDE - RIM; x += 2) {
      const u = x - CENTRE;
      const v = y - CENTRE;
      if (!sample(b, CENTRE + sx * u + tx, CENTRE + sy * v + ty, at)) continue;
      const shown = gain * at.value + offset;
      const wanted = a[y * SIDE + x]!;
      // Both are black or both are white: how far beyond, nobody knows.
      if ((shown >= 255 && wanted >= 254) || (shown <= 0 && wanted <= 1)) continue;
      row[0] = at.value;
      row[1] = 1;
      row[2] = gain * at.dx * u;
      row[3] = gain * at.dx;
      row[4] = gain * at.dy * v;
      row[5] = gain * at.dy;
      for (let i = 0; i < PARAMETERS; i++) {
        for (let j = i; j < PARAMETERS; j++) equations[i * WIDTH + j]! += row[i]! * row[j]!;
        equations[i * WIDTH + PARAMETERS]! += row[i]! * (wanted - shown);
      }
    }
  return solve(equations);
}

/** Gauss elimination of a symmetric [6, 6 | 1] of which the upper half is given; undefined where it is singular. */
function solve(m: Float64Array): number[] | undefined {
  for (let i = 0; i < PARAMETERS; i++) for (let j = 0; j < i; j++) m[i * WIDTH + j] = m[j * WIDTH + i]!;
  for (let i = 0; i < PARAMETERS; i++) {
    const pivot = m[i * WIDTH + i]!;
    if (!(pivot > 1e-9)) return undefined;
    for (let k = i + 1; k < PARAMETERS; k++) {
      const factor = m[k * WIDTH + i]! / pivot;
      for (let j = i; j < WIDTH; j++) m[k * WIDTH + j]! -= factor * m[i * WIDTH + j]!;
    }
  }
  const x = new Array<number>(PARAMETERS).fill(0);
  for (let i = PARAMETERS - 1; i >= 0; i--) {
    let sum = m[i * WIDTH + PARAMETERS]!;
    for (let j = i + 1; j < PARAMETERS; j++) sum -= m[i * WIDTH + j]! * x[j]!;
    x[i] = sum / m[i * WIDTH + i]!;
  }
  return x;
}

/** Means of 3 x 3 pixels, weighted 1 2 1 either way: where edges lie between pixels no longer shows. */
export function soften(luma: Uint8Array): Uint8Array {
  const near = (i: number) => Math.min(SIDE - 1, Math.max(0, i));
  const across = new Float32Array(luma.length);
  for (let y = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++) {
      const row = y * SIDE;
      across[row + x] = luma[row + near(x - 1)]! + 2 * luma[row + x]! + luma[row + near(x + 1)]!;
    }
  const soft = new Uint8Array(luma.length);
  for (let y = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++) {
      const sum = across[near(y - 1) * SIDE + x]! + 2 * across[y * SIDE + x]! + across[near(y + 1) * SIDE + x]!;
      soft[y * SIDE + x] = Math.round(sum / 16);
    }
  return soft;
}
