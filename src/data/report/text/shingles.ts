/** Weight of a shingle: five letters, or two characters of a script in which one is a syllable or a word. */
const WEIGHT = 10;
const LETTER = 2;
const SYLLABLE = 5;
/** Characters that are looked at: what is longer is compared by its beginning. */
const MOST = 50_000;

/** Kana, Han and Hangul (Unicode blocks), where a character says about as much as two or three letters. */
const isSyllable = (unit: number): boolean =>
  (unit >= 0x3040 && unit <= 0x30ff) || (unit >= 0x3400 && unit <= 0x9fff) || (unit >= 0xac00 && unit <= 0xd7a3);

/**
 * Hashes of all pieces of a text that weigh as much as five letters, one from each position: overlapping, in order, with
 * repeats (Broder 1997). A text that weighs less is one piece.
 */
export function shingles(text: string): Uint32Array {
  const length = Math.min(text.length, MOST);
  const hashes = new Uint32Array(length);
  let [count, end, weight] = [0, 0, 0];
  for (let start = 0; start < length; start++) {
    while (weight < WEIGHT && end < length) weight += isSyllable(text.charCodeAt(end++)) ? SYLLABLE : LETTER;
    if (weight < WEIGHT && count > 0) break;
    hashes[count++] = mixed(text, start, end);
    weight -= isSyllable(text.charCodeAt(start)) ? SYLLABLE : LETTER;
  }
  return hashes.subarray(0, count);
}

/** FNV-1a of UTF-16 units, then the finaliser of MurmurHash3 (A. Appleby): every bit depends on all of them. */
function mixed(text: string, start: number, end: number): number {
  let h = 0x811c9dc5;
  for (let i = start; i < end; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Shared pieces of all different pieces of two texts (Jaccard 1901), in [0, 1]. */
export function jaccard(a: Uint32Array, b: Uint32Array): number {
  const [x, y] = [distinct(a), distinct(b)];
  let [i, j, shared] = [0, 0, 0];
  while (i < x.length && j < y.length) {
    if (x[i] === y[j]) {
      shared++;
      i++;
      j++;
    } else if (x[i]! < y[j]!) i++;
    else j++;
  }
  return shared / (x.length + y.length - shared || 1);
}

function distinct(hashes: Uint32Array): Uint32Array {
  const sorted = hashes.toSorted();
  let count = 0;
  for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) sorted[count++] = sorted[i]!;
  return sorted.subarray(0, count);
}
