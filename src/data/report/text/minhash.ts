/** Places of a signature, and those of a band: a pair is looked at where all places of one band agree. */
export const BINS = 128;
const ROWS = 4;
export const BANDS = BINS / ROWS;

const EMPTY = 0xffffffff;

/** Every bit depends on all of them (finaliser of C. Wellons' hash prospector, "lowbias32"). */
function mix(a: number): number {
  let h = Math.imul(a ^ (a >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * One-permutation MinHash (Li, Owen and Zhang 2012): each piece falls into one of the bins, each bin keeps its least hash,
 * and an empty one borrows from a bin that a hash of its number chooses (Shrivastava 2017). The share of places in which
 * two signatures agree estimates the Jaccard index of the texts. Writes `BINS` numbers from `at` on; at least one piece.
 */
export function sign(pieces: Uint32Array, into: Uint16Array, at: number): void {
  const least = new Uint32Array(BINS).fill(EMPTY);
  for (const piece of pieces) {
    const rest = Math.floor(piece / BINS);
    if (rest < least[piece % BINS]!) least[piece % BINS] = rest;
  }
  for (let bin = 0; bin < BINS; bin++) {
    let from = bin;
    for (let tries = 1; least[from] === EMPTY; tries++) from = mix((tries << 8) | bin) % BINS;
    // A minimum has small numbers: 16 bits of a hash of it tell two apart. The bin that it is from belongs to it.
    into[at + bin] = mix(Math.imul(least[from]!, BINS) + from);
  }
}

/** Share of places in which two signatures agree. */
export function agreement(signatures: Uint16Array, i: number, j: number): number {
  let same = 0;
  for (let k = 0, a = i * BINS, b = j * BINS; k < BINS; k++) if (signatures[a + k] === signatures[b + k]) same++;
  return same / BINS;
}

/** Largest number of signatures: it and a hash of 32 bits fit a float64 exactly. */
const ROOM = 2 ** 21;

/**
 * Sets of two and more signatures, by place and in order, that agree in a band (locality-sensitive hashing, Indyk and
 * Motwani 1998).
 */
export function* runsOf(signatures: Uint16Array, band: number): Generator<Float64Array> {
  const count = Math.min(signatures.length / BINS, ROOM);
  const keys = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let hash = 0;
    for (let k = 0, at = i * BINS + band * ROWS; k < ROWS; k++)
      hash = mix(Math.imul(hash, 31) + signatures[at + k]! + 1);
    keys[i] = hash * ROOM + i;
  }
  keys.sort();
  for (let start = 0, end = 0; start < count; start = end) {
    const hash = Math.floor(keys[start]! / ROOM);
    while (end < count && Math.floor(keys[end]! / ROOM) === hash) end++;
    if (end > start + 1) yield keys.subarray(start, end).map((key) => key % ROOM);
  }
}
