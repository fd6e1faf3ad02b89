/** Side of the small picture that a fingerprint is taken from. */
export const SIDE = 32;
/** Side of the colours that are kept of it. */
export const COLOUR_SIDE = 8;

/** What a picture is recognised by, about 1 KB. Plain and clonable: it is kept beside the picture. */
export interface Fingerprint {
  /** First half of the SHA-256 of the file, hexadecimal: equal for equal files and no others. */
  file: string;
  /** Perceptual hash, 64 bits in two halves. */
  hash: Uint32Array;
  /** [32, 32], luminance of the whole picture, whatever its aspect. */
  luma: Uint8Array;
  /** [8, 8, 3], its colours. */
  colour: Uint8Array;
}

/** `small`: [32, 32, 4], opaque, the whole picture drawn into a square. `file`: SHA-256 of its bytes. */
export function fingerprintOf(small: Uint8ClampedArray, file: string): Fingerprint {
  const luma = new Uint8Array(SIDE * SIDE);
  // ITU-R 601-2, as `image/luma.ts`
  for (let i = 0, at = 0; i < luma.length; i++, at += 4)
    luma[i] = (small[at]! * 19595 + small[at + 1]! * 38470 + small[at + 2]! * 7471 + 0x8000) >> 16;
  return { file: file.slice(0, 32), hash: perceptualHash(luma), luma, colour: coloursOf(small) };
}

/** [32, 32, 4] -> [8, 8, 3], means of 4 x 4 pixels. */
function coloursOf(small: Uint8ClampedArray): Uint8Array {
  const step = SIDE / COLOUR_SIDE;
  const sums = new Uint32Array(COLOUR_SIDE * COLOUR_SIDE * 3);
  for (let y = 0, at = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++, at += 4) {
      const cell = 3 * (Math.floor(y / step) * COLOUR_SIDE + Math.floor(x / step));
      for (let c = 0; c < 3; c++) sums[cell + c]! += small[at + c]!;
    }
  return Uint8Array.from(sums, (sum) => Math.round(sum / (step * step)));
}

const BITS = 8;

/** cos(π (2 x + 1) u / 2 N) for u = 1..8: rows of the discrete cosine transform (DCT-II) without the constant one. */
const COSINES = Float64Array.from({ length: BITS * SIDE }, (_, i) =>
  Math.cos((Math.PI * (2 * (i % SIDE) + 1) * (Math.floor(i / SIDE) + 1)) / (2 * SIDE)),
);

/**
 * The DCT hash of pHash (Zauner 2010, section 3.2.1): of a 32 x 32 luminance the 8 x 8 lowest frequencies but for the
 * constant row and column, one bit each: above their median or not.
 */
export function perceptualHash(luma: Uint8Array): Uint32Array {
  const across = new Float64Array(SIDE * BITS); // [y, u]
  for (let y = 0; y < SIDE; y++)
    for (let u = 0; u < BITS; u++)
      for (let x = 0; x < SIDE; x++) across[y * BITS + u]! += luma[y * SIDE + x]! * COSINES[u * SIDE + x]!;
  const frequencies = new Float64Array(BITS * BITS); // [v, u]
  for (let v = 0; v < BITS; v++)
    for (let u = 0; u < BITS; u++)
      for (let y = 0; y < SIDE; y++) frequencies[v * BITS + u]! += across[y * BITS + u]! * COSINES[v * SIDE + y]!;
  const sorted = frequencies.toSorted();
  const median = (sorted[31]! + sorted[32]!) / 2;
  const hash = new Uint32Array(2);
  frequencies.forEach((value, i) => {
    if (value > median) hash[i >> 5]! |= 1 << (i & 31);
  });
  return hash;
}
