import { Turns } from '../../../lib/turns.ts';
import { agreement, BANDS, BINS, runsOf, sign } from './minhash.ts';
import { bareKey } from './normal.ts';
import { isSameText } from './same-text.ts';
import { jaccard, shingles } from './shingles.ts';

/** Two texts by their places, i < j, and the share of their pieces that both have. */
export interface NearPair {
  i: number;
  j: number;
  similarity: number;
}

/** Least share of common pieces of near copies. */
export const NEAR = 0.7;
/** Share of places in which signatures agree below which a pair is not compared: three standard errors under `NEAR`. */
const LIKELY = NEAR - 0.13;
/** Pieces of the shortest texts that are compared: three words, or eleven Chinese characters. */
const LEAST_PIECES = 10;
/** Texts before it in a band that each is compared with, and how many of all bands are compared closely: the likeliest. */
const NEIGHBOURS = 4;
const CLOSE_LOOKS = 2;
/** Signatures that each is compared with in all bands: copies agree in every fourth band at least, and are met by then. */
const LOOKS = 48;
/** Texts of a run after which messages may run. */
const SLICE = 4096;

/** Pairs of texts, given by their `textKey`, that are nearly the same. Lets messages run while it searches. */
export async function nearTexts(
  keys: readonly string[],
  onProgress: (done: number, total: number) => void = () => {},
): Promise<NearPair[]> {
  const total = keys.length + BANDS;
  const { signatures, rows, texts } = await signAll(keys, (done) => onProgress(done, total));
  const turns = new Turns();
  const likely = new LikelyPairs(signatures);
  for (let band = 0; band < BANDS; band++) {
    for (const run of runsOf(signatures, band))
      for (let start = 0; start < run.length; start += SLICE) {
        likely.add(run.subarray(Math.max(0, start - NEIGHBOURS), start + SLICE));
        await turns.next();
      }
    onProgress(keys.length + band + 1, total);
  }
  const pairs = samePairs(texts);
  for (const [a, b] of likely.pairs()) {
    const [i, j] = [rows[a]!, rows[b]!];
    await turns.next();
    if (texts[i] === texts[j] || !isSameText(texts[i]!, texts[j]!)) continue;
    const similarity = jaccard(shingles(texts[i]!), shingles(texts[j]!));
    if (similarity >= NEAR) pairs.push({ i, j, similarity });
  }
  return pairs;
}

/** Texts without punctuation, signatures of all that are long enough, and which text each of these is of. */
async function signAll(keys: readonly string[], onProgress: (done: number) => void) {
  const turns = new Turns();
  const signatures = new Uint16Array(keys.length * BINS);
  const rows: number[] = [];
  const texts: string[] = [];
  for (const [i, key] of keys.entries()) {
    const text = bareKey(key);
    const pieces = shingles(text);
    if (pieces.length >= LEAST_PIECES) {
      sign(pieces, signatures, rows.length * BINS);
      rows.push(i);
    }
    texts.push(text);
    if (await turns.next()) onProgress(i);
  }
  return { signatures: signatures.subarray(0, rows.length * BINS), rows, texts };
}

/** For each signature the few before it that agree with it most: where thousands are alike, not every pair is kept. */
class LikelyPairs {
  /** [signature, look]: the other one, and by how much they agree. */
  private readonly others: Int32Array;
  private readonly agreements: Float32Array;
  private readonly looks: Uint8Array;

  constructor(private readonly signatures: Uint16Array) {
    this.others = new Int32Array((signatures.length / BINS) * CLOSE_LOOKS).fill(-1);
    this.agreements = new Float32Array(this.others.length);
    this.looks = new Uint8Array(signatures.length / BINS);
  }

  /** Pairs of neighbours in a run that agree as near copies do. */
  add(run: Float64Array): void {
    for (let b = 1; b < run.length; b++)
      for (let a = Math.max(0, b - NEIGHBOURS); a < b; a++) this.look(run[a]!, run[b]!);
  }

  private look(a: number, b: number): void {
    if (this.looks[b]! >= LOOKS) return;
    const at = b * CLOSE_LOOKS;
    let worst = at;
    for (let k = at; k < at + CLOSE_LOOKS; k++) {
      if (this.others[k] === a) return;
      if (this.agreements[k]! < this.agreements[worst]!) worst = k;
    }
    this.looks[b]!++;
    const share = agreement(this.signatures, a, b);
    if (share < LIKELY || share <= this.agreements[worst]!) return;
    this.others[worst] = a;
    this.agreements[worst] = share;
  }

  *pairs(): Generator<[number, number]> {
    for (let k = 0; k < this.others.length; k++)
      if (this.others[k]! >= 0) yield [this.others[k]!, Math.floor(k / CLOSE_LOOKS)];
  }
}

/** Texts that differ by punctuation alone, each with the first such one. */
function samePairs(texts: readonly string[]): NearPair[] {
  const first = new Map<string, number>();
  return texts.flatMap((text, j) => {
    const i = first.get(text);
    if (i === undefined && text !== '') first.set(text, j);
    return i === undefined ? [] : [{ i, j, similarity: 1 }];
  });
}
