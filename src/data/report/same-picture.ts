import { COLOUR_SIDE, type Fingerprint, SIDE } from './fingerprint.ts';
import { CENTRE, type Fit, RIM, type Sample, sample, soften, toneFit, warpFit } from './fit.ts';

/** A picture as it is compared: its fingerprint, and the shorter side that it was dropped with. */
export interface Look {
  print: Fingerprint;
  side: number;
  /** Of its luminance; both are made when first needed. */
  soft?: Uint8Array;
  slope?: number;
}

/**
 * Limits between copies and pictures that are only alike, from measurements (copies: JPEG at quality 0.3, half and
 * one and a half times the size, 3 and 6 % cut off, brightness and contrast 20 % up and down; alike: 1000 digits, 240
 * drawings, overlapping crops of photos).
 */
const LIMITS = {
  /** In the worst block copies reach 0.10, a drawn face with another mouth begins at 0.14, crops of one photo at 0.36. */
  worst: 0.12,
  /** Over the whole copies reach 0.03 as they stand and 0.02 shifted; digits that two people wrote begin at 0.13. */
  whole: 0.04,
  /** In levels. Copies reach 11, cars of two colours begin at 13. */
  colour: 12,
};
/** Over the whole, before shift and scale are looked for: beyond it none is found. */
const HOPELESS = 2;
/** Pixels a side below which a picture holds too little for shifting it to tell a cropped copy from another picture. */
export const TINY = 64;

/** Whether the pictures are one, saved anew: compressed, resized, a little lighter or darker, cut at the rim by a little. */
export function isSamePicture(a: Look, b: Look): boolean {
  const side = Math.min(a.side, b.side);
  const there = still(a, b, side);
  const back = still(b, a, side);
  if (there.same || back.same) return true;
  if (side < TINY || !there.tone || Math.min(there.whole, back.whole) > HOPELESS) return false;
  const [softA, softB] = [softOf(a), softOf(b)];
  const warp = warpFit(softA, softB, there.tone);
  return warp !== undefined && isCopy(a, b, misfit(softA, softB, warp, side), warp);
}

/** Without shift and scale, and on sharp pictures: what is clipped to black or white stays so only there. */
function still(a: Look, b: Look, side: number): { same: boolean; whole: number; tone?: Fit } {
  const tone = toneFit(a.print.luma, b.print.luma);
  if (!tone) return { same: false, whole: Number.POSITIVE_INFINITY };
  const { fit, rest } = tone;
  const whole = rest / (fit.gain ** 2 * slopeOf(b) + noiseAt(side) * SIDE * SIDE);
  // Clipping may mend some of it.
  if (whole > 4 * LIMITS.whole) return { same: false, whole, tone: fit };
  return { same: isCopy(a, b, misfit(a.print.luma, b.print.luma, fit, side), fit), whole, tone: fit };
}

function softOf(look: Look): Uint8Array {
  look.soft ??= soften(look.print.luma);
  return look.soft;
}

/** Sum of the squared differences of neighbours. */
function slopeOf(look: Look): number {
  if (look.slope !== undefined) return look.slope;
  const { luma } = look.print;
  let sum = 0;
  for (let i = 0; i < luma.length - SIDE; i++)
    sum += (luma[i + 1]! - luma[i]!) ** 2 + (luma[i + SIDE]! - luma[i]!) ** 2;
  look.slope = sum;
  return sum;
}

const isCopy = (a: Look, b: Look, { worst, whole }: Misfit, fit: Fit): boolean =>
  worst <= LIMITS.worst && whole <= LIMITS.whole && colourDistance(a.print, b.print, fit) <= LIMITS.colour;

/**
 * Squared difference over squared gradient: about the squared distance, in small pixels, by which edges miss each other.
 * A detail that one of the two lacks gives 1 and more in its block.
 */
interface Misfit {
  /** In the block where it is worst. */
  worst: number;
  whole: number;
}

/** Side of a block, in small pixels. */
const BLOCK = 7;

/**
 * Variance that JPEG leaves in a pixel, in squared levels, and what is left of it in a small pixel that is the mean of
 * many. Without it, noise on an even ground would count as a detail.
 */
const NOISE = 300;
const EVEN = 10;
const noiseAt = (side: number): number => EVEN + NOISE * Math.min(1, (SIDE / side) ** 2);

function misfit(a: Uint8Array, b: Uint8Array, fit: Fit, side: number): Misfit {
  const { gain, offset, sx, tx, sy, ty } = fit;
  const noise = noiseAt(side);
  const at: Sample = { value: 0, dx: 0, dy: 0 };
  let worst = 0;
  let [allRest, allSlope] = [0, 0];
  for (let top = RIM; top < SIDE - RIM; top += BLOCK)
    for (let left = RIM; left < SIDE - RIM; left += BLOCK) {
      let [rest, slope] = [0, 0];
      for (let y = top; y < top + BLOCK; y++)
        for (let x = left; x < left + BLOCK; x++) {
          if (!sample(b, CENTRE + sx * (x - CENTRE) + tx, CENTRE + sy * (y - CENTRE) + ty, at)) continue;
          const shown = Math.min(255, Math.max(0, gain * at.value + offset));
          rest += (a[y * SIDE + x]! - shown) ** 2;
          slope += gain * gain * (at.dx * at.dx + at.dy * at.dy) + noise;
        }
      if (slope > 0) worst = Math.max(worst, rest / slope);
      allRest += rest;
      allSlope += slope;
    }
  return { worst, whole: allRest / allSlope };
}

/** Mean distance of the colours after the fit, their brightness left out (red and blue less green), in levels. */
function colourDistance(a: Fingerprint, b: Fingerprint, { gain, sx, tx, sy, ty }: Fit): number {
  const middle = (COLOUR_SIDE - 1) / 2;
  const scale = COLOUR_SIDE / SIDE;
  let [sum, seen] = [0, 0];
  for (let y = 0; y < COLOUR_SIDE; y++)
    for (let x = 0; x < COLOUR_SIDE; x++) {
      const u = middle + sx * (x - middle) + tx * scale;
      const v = middle + sy * (y - middle) + ty * scale;
      if (u < 0 || v < 0 || u > COLOUR_SIDE - 1 || v > COLOUR_SIDE - 1) continue;
      const i = 3 * (y * COLOUR_SIDE + x);
      for (const channel of [0, 2])
        sum += Math.abs(a.colour[i + channel]! - a.colour[i + 1]! - gain * chroma(b.colour, u, v, channel));
      seen++;
    }
  return seen > 0 ? sum / seen : 0;
}

/** Bilinear: a channel less green. */
function chroma(colour: Uint8Array, x: number, y: number, channel: number): number {
  const left = Math.min(COLOUR_SIDE - 2, Math.floor(x));
  const top = Math.min(COLOUR_SIDE - 2, Math.floor(y));
  const fx = x - left;
  const fy = y - top;
  const i = 3 * (top * COLOUR_SIDE + left);
  const at = (place: number) => colour[place + channel]! - colour[place + 1]!;
  const above = (1 - fx) * at(i) + fx * at(i + 3);
  const below = (1 - fx) * at(i + 3 * COLOUR_SIDE) + fx * at(i + 3 * COLOUR_SIDE + 3);
  return (1 - fy) * above + fy * below;
}
