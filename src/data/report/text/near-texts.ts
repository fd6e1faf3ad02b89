import { Turns } from '../../../lib/turns.ts';
import { agreement, BANDS, BINS, runsOf, sign } from './minhash.ts';
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
/** Texts before it in a band that each is compared with: of hundreds that are alike, all hang together all the same. */
const NEIGHBOURS = 8;
/** More texts than there are. */
const ROOM = 2 ** 26;

/** Pairs of texts, given by their `bareKey`, that are nearly the same. Lets messages run while it searches. */
export async function nearTexts(
  texts: readonly string[],
  onProgress: (done: number, total: number) => void = () => {},
): Promise<NearPair[]> {
  const total = texts.length + BANDS;
  const { signatures, rows } = await signAll(texts, (done) => onProgress(done, total));
  const turns = new Turns();
  const candidates = new Set<number>();
  for (let band = 0; band < BANDS; band++) {
    for (const run of runsOf(signatures, band)) {
      addLikely(run, signatures, candidates);
      await turns.next();
    }
    onProgress(texts.length + band + 1, total);
  }
  const pairs = samePairs(texts);
  for (const candidate of candidates) {
    const [i, j] = [rows[Math.floor(candidate / ROOM)]!, rows[candidate % ROOM]!];
    const similarity = jaccard(shingles(texts[i]!), shingles(texts[j]!));
    const differ = texts[i] !== texts[j];
    if (differ && similarity >= NEAR && isSameText(texts[i]!, texts[j]!)) pairs.push({ i, j, similarity });
    await turns.next();
  }
  return pairs;
}

/** Signatures of all texts that are long enough, and which text each is of. */
async function signAll(texts: readonly string[], onProgress: (done: number) => void) {
  const turns = new Turns();
  const signatures = new Uint16Array(texts.length * BINS);
  const rows: number[] = [];
  for (const [i, text] of texts.entries()) {
    const pieces = shingles(text);
    if (pieces.length >= LEAST_PIECES) {
      sign(pieces, signatures, rows.length * BINS);
      rows.push(i);
    }
    if (await turns.next()) onProgress(i);
  }
  return { signatures: signatures.subarray(0, rows.length * BINS), rows };
}

/** Pairs of a run whose signatures agree as near copies' do. */
function addLikely(run: Float64Array, signatures: Uint16Array, candidates: Set<number>): void {
  for (let b = 1; b < run.length; b++)
    for (let a = Math.max(0, b - NEIGHBOURS); a < b; a++)
      if (agreement(signatures, run[a]!, run[b]!) >= LIKELY) candidates.add(run[a]! * ROOM + run[b]!);
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
