import { ProblemError } from '../../protocol/problems.ts';
import { readTable } from './read.ts';
import type { ReadTableOptions, TextTable } from './table.ts';

export const blobOf = (content: string | Uint8Array): Blob => new Blob([content as Uint8Array<ArrayBuffer>]);
export const read = (content: string | Uint8Array, path = 'a.csv', options?: ReadTableOptions): Promise<TextTable> =>
  readTable(blobOf(content), path, options);
/** Rows as lists of cells. */
export const rowsOf = ({ rows, cells }: TextTable): string[][] =>
  Array.from(rows, (_, row) => cells.map((column) => column[row]!));
/** Problems as flat records without the file. */
export const told = ({ problems }: TextTable): Record<string, unknown>[] =>
  problems.map(({ code, severity, values: { file: _, ...values } }) => ({ code, severity, ...values }));
export async function problemOf(reading: Promise<unknown>): Promise<Record<string, unknown>> {
  const error = await reading.catch((e: unknown) => e);
  if (!(error instanceof ProblemError)) throw new Error(`no problem: ${String(error)}`);
  return { code: error.problem.code, ...error.problem.values };
}

/** Bytes of a text in encodings that `TextEncoder` does not write, by asking what each byte or pair means. */
export function encode(text: string, encoding: 'windows-1251' | 'windows-1252' | 'gb18030' | 'utf-16le' | 'utf-16be') {
  if (encoding.startsWith('utf-16')) {
    const view = new DataView(new ArrayBuffer(text.length * 2));
    for (let i = 0; i < text.length; i++) view.setUint16(i * 2, text.charCodeAt(i), encoding === 'utf-16le');
    return new Uint8Array(view.buffer);
  }
  const table = tableOf(encoding);
  // What an encoding lacks, exports write as a question mark.
  return Uint8Array.from([...text].flatMap((letter) => table.get(letter) ?? [0x3f]));
}

const tables = new Map<string, Map<string, number[]>>();
function tableOf(encoding: string): Map<string, number[]> {
  const known = tables.get(encoding);
  if (known) return known;
  const decoder = new TextDecoder(encoding, { fatal: true });
  const table = new Map<string, number[]>();
  const put = (bytes: number[]) => {
    try {
      const letter = decoder.decode(Uint8Array.from(bytes));
      if ([...letter].length === 1 && !table.has(letter)) table.set(letter, bytes);
    } catch {
      // These bytes mean nothing.
    }
  };
  for (let byte = 0; byte < 256; byte++) put([byte]);
  if (encoding === 'gb18030') {
    for (let lead = 0x81; lead < 0xff; lead++) for (let trail = 0x40; trail < 0xff; trail++) put([lead, trail]);
  }
  tables.set(encoding, table);
  return table;
}
