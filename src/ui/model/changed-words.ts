/** A piece of a text; `changed` where the text before does not have it there. */
export interface Piece {
  text: string;
  changed: boolean;
}

/** Pieces that are compared: the table below has their square. */
const COMPARED = 400;

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });
const piecesOf = (text: string): string[] =>
  Array.from(segmenter.segment(text), ({ segment }) => segment).slice(0, COMPARED);

/**
 * The beginning of a text with what is new in it: all that is not part of the longest common subsequence of its words and
 * those of the text before (Wagner and Fischer 1974).
 */
export function changedWords(before: string, after: string): Piece[] {
  const [a, b] = [piecesOf(before), piecesOf(after)];
  const width = b.length + 1;
  // common[i * width + j]: length of the longest subsequence that a from i and b from j have in common
  const common = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i * width + j] =
        a[i] === b[j]
          ? common[(i + 1) * width + j + 1]! + 1
          : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!);
  const pieces: Piece[] = [];
  let i = 0;
  for (let j = 0; j < b.length; ) {
    if (i < a.length && a[i] === b[j]) {
      pieces.push({ text: b[j++]!, changed: false });
      i++;
    } else if (i < a.length && common[(i + 1) * width + j]! >= common[i * width + j + 1]!) i++;
    else pieces.push({ text: b[j++]!, changed: true });
  }
  return pieces;
}
