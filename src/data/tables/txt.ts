import type { Encoding } from '../../protocol/text.ts';
import { TableBuilder } from './builder.ts';
import { decodeChunks, textSample } from './decode.ts';
import type { ReadTableOptions, TextTable } from './table.ts';

/** Characters of a piece that a longer text is cut into. */
export const PIECE = 2000;
/** Blank lines for each line of text from which on blank lines part the texts, as in books. */
const BLANK_LINES = 0.05;

/**
 * Plain text as one column, `text`: paragraphs where blank lines part them, else lines. What is longer than about 2,000
 * characters is cut where a sentence ends.
 */
export async function readTxtTable(
  file: Blob,
  path: string,
  encoding: Encoding,
  { onProgress }: ReadTableOptions,
): Promise<TextTable> {
  const { text } = await textSample(file, encoding);
  const lines = text.trim().split('\n');
  const blank = lines.filter((line) => line.trim() === '').length;
  const byParagraph = blank > 0 && blank >= (lines.length - blank) * BLANK_LINES;
  const builder = new TableBuilder(path, 'txt', { encoding, delimiter: '', header: false });
  builder.addColumn('text');

  let row = 0;
  let begun: { text: string; row: number } | undefined;
  const end = () => {
    if (begun) addPieces(builder, begun.text, begun.row);
    begun = undefined;
  };
  const take = (line: string) => {
    row++;
    if (line.trim() === '') return end();
    begun = begun ? { text: `${begun.text}\n${line}`, row: begun.row } : { text: line, row };
    if (!byParagraph) end();
  };
  let rest = '';
  for await (const chunk of decodeChunks(file, encoding, onProgress)) {
    const found = (rest + chunk).split('\n');
    rest = found.pop()!;
    found.forEach(take);
  }
  take(rest);
  end();
  return builder.finish();
}

function addPieces(builder: TableBuilder, text: string, row: number): void {
  let line = row;
  for (const piece of pieces(text)) {
    const skipped = piece.length - piece.trimStart().length;
    line += count(piece.slice(0, skipped));
    if (piece.trim()) builder.addRow([piece.trim()], line);
    line += count(piece.slice(skipped));
  }
}

const count = (text: string): number => text.split('\n').length - 1;

/** The text in pieces of at most `PIECE` characters, each to the end of a sentence, else of a word. */
export function pieces(text: string): string[] {
  const found: string[] = [];
  let from = 0;
  while (text.length - from > PIECE) {
    const part = text.slice(from, from + PIECE);
    const sentence = Math.max(
      ...[...part.matchAll(/[.!?…]["'”’»)]*\s|[。！？][”’」』）]*/g)].map((end) => end.index + end[0].length),
      0,
    );
    const word = part.search(/\s\S*$/) + 1;
    // Not between the halves of a character.
    const whole = /[\ud800-\udbff]$/.test(part) ? PIECE - 1 : PIECE;
    const length = sentence || word || whole;
    found.push(text.slice(from, from + length));
    from += length;
  }
  return [...found, text.slice(from)];
}
