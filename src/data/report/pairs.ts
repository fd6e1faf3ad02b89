import { Turns } from '../../lib/turns.ts';
import { type Fingerprint, SIDE } from './fingerprint.ts';
import { isSamePicture, type Look, TINY } from './same-picture.ts';

/** Bits of 64 in which the hashes of copies differ at most: of cropped ones, and of tiny pictures, which are not shifted. */
const BITS = 20;
const TINY_BITS = 8;
/**
 * Pairs a picture that are compared closely at most. Where all pictures are alike, as scans are, more pass at so many bits, and
 * fewer bits are allowed: what then still tells a copy from the others is a closer hash.
 */
const CLOSE_LOOKS = 2;
const LEAST_CLOSE_LOOKS = 5000;
/** Least correlation of copies at 8 x 8. */
const COARSE = 0.85;
const COARSE_SIDE = 8;

/** Bits that are set in 32 (Warren, Hacker's Delight, section 5-1). */
export function ones(bits: number): number {
  let n = bits - ((bits >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/**
 * Pairs [i, j], i < j, of pictures that are the same though their files are not. Every pair is looked at, nearly all of
 * them at their hashes alone: 50 million for 10,000 pictures.
 */
export async function nearPairs(
  looks: readonly Look[],
  onProgress: (done: number, total: number) => void = () => {},
): Promise<[number, number][]> {
  const candidates = await closeHashes(looks, onProgress);
  const pairs: [number, number][] = [];
  const turns = new Turns();
  for (const [i, j] of candidates) {
    if (isSamePicture(looks[i]!, looks[j]!)) pairs.push([i, j]);
    await turns.next();
  }
  return pairs;
}

/** Pairs whose hashes and coarse luminances are close, the closest first, so many as can be compared. */
async function closeHashes(
  looks: readonly Look[],
  onProgress: (done: number, total: number) => void,
): Promise<[number, number][]> {
  const count = looks.length;
  const turns = new Turns();
  const coarse = new Float32Array(count * CELLS);
  for (const [n, { print }] of looks.entries()) {
    coarsen(print, coarse.subarray(n * CELLS, (n + 1) * CELLS));
    await turns.next();
  }
  const hashes = Uint32Array.from({ length: 2 * count }, (_, n) => looks[n >> 1]!.print.hash[n & 1]!);
  const limits = Uint8Array.from(looks, ({ side }) => (side < TINY ? TINY_BITS : BITS));
  const most = Math.max(LEAST_CLOSE_LOOKS, CLOSE_LOOKS * count);
  const found: [number, number][][] = Array.from({ length: BITS + 1 }, () => []);
  let [limit, kept] = [BITS, 0];
  for (let i = 0; i < count; i++) {
    const [low, high] = [hashes[2 * i]!, hashes[2 * i + 1]!];
    for (let j = i + 1; j < count; j++) {
      const bits = ones(low ^ hashes[2 * j]!) + ones(high ^ hashes[2 * j + 1]!);
      if (bits > limit || bits > limits[i]! || bits > limits[j]! || correlation(coarse, i, j) < COARSE) continue;
      found[bits]!.push([i, j]);
      kept++;
      while (kept > most) {
        kept -= found[limit]!.length;
        found[limit--] = [];
      }
    }
    if (await turns.next()) onProgress(i, count);
  }
  onProgress(count, count);
  return found.flat();
}

const CELLS = COARSE_SIDE * COARSE_SIDE;

/** Luminance at 8 x 8, of mean 0 and length 1. */
function coarsen({ luma }: Fingerprint, cells: Float32Array): void {
  const shift = Math.log2(SIDE / COARSE_SIDE);
  for (let y = 0, i = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++) cells[(y >> shift) * COARSE_SIDE + (x >> shift)]! += luma[i++]!;
  let [mean, squares] = [0, 0];
  for (const value of cells) mean += value / CELLS;
  for (const value of cells) squares += (value - mean) ** 2;
  const length = Math.sqrt(squares) || 1;
  for (let c = 0; c < CELLS; c++) cells[c] = (cells[c]! - mean) / length;
}

function correlation(coarse: Float32Array, i: number, j: number): number {
  let sum = 0;
  for (let c = 0, a = i * CELLS, b = j * CELLS; c < CELLS; c++, a++, b++) sum += coarse[a]! * coarse[b]!;
  return sum;
}
