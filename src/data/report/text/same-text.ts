import { wordsOf } from './normal.ts';

/** Share of its words that a copy may have others for: in a sentence of ten, one makes another sentence. */
export const OTHER_WORDS = 0.06;
/** Letters of the shortest word that counts as misspelt where one letter differs; `form` and `from` are two words. */
const MISSPELT = 5;

/**
 * Whether two texts that share most of their pieces are one, written twice: some words may be missing in one of them,
 * misspelt or cut off, few may be replaced by others.
 */
export function isSameText(a: string, b: string): boolean {
  const [x, y] = [wordsOf(a), wordsOf(b)];
  const [onlyX, onlyY] = [without(x, y), without(y, x)];
  const other = new Set(onlyY);
  const replaced = onlyX.filter((word) => {
    for (const like of other)
      if (isMisspelt(word, like) || isCut(word, like, x.at(-1)) || isCut(like, word, y.at(-1)))
        return !other.delete(like);
    return true;
  });
  return Math.min(replaced.length, other.size) <= OTHER_WORDS * Math.max(x.length, y.length);
}

/** Where a text was cut off, its last word is the beginning of another. */
const isCut = (word: string, whole: string, last: string | undefined) => word === last && whole.startsWith(word);

/** Words of `a` that `b` does not have as often. */
function without(a: readonly string[], b: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const word of b) counts.set(word, (counts.get(word) ?? 0) + 1);
  return a.filter((word) => {
    const left = counts.get(word) ?? 0;
    if (left > 0) counts.set(word, left - 1);
    return left === 0;
  });
}

/** One letter is missing, replaced or swapped with its neighbour (Damerau 1964). Numbers are never misspelt. */
export function isMisspelt(a: string, b: string): boolean {
  if (Math.min(a.length, b.length) < MISSPELT || Math.abs(a.length - b.length) > 1 || /\d/.test(a + b)) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const [x, y] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  return Math.max(x.length, y.length) <= 1 || (x.length === 2 && x === y[1]! + y[0]!);
}
