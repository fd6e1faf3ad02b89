import { CsvRows } from '../readers/csv-rows.ts';
import { isKnownName } from './names.ts';

export const DELIMITERS = [',', ';', '\t', '|'] as const;

/** Records of the beginning of a file; the last one, which may be cut, only where `whole`. */
export function sampleRecords(text: string, delimiter: string, whole: boolean): string[][] {
  const rows = new CsvRows(delimiter);
  return [...rows.push(text), ...(whole ? rows.end() : [])].map(({ cells }) => cells);
}

/**
 * What parts the cells: by which most records have the same number of cells. A comma in a text is no reason against a
 * semicolon, nor against a file of one column.
 */
export function guessDelimiter(text: string, whole: boolean): string {
  let best: { delimiter: string; score: number; width: number } = { delimiter: ',', score: 0, width: 1 };
  for (const delimiter of DELIMITERS) {
    const records = sampleRecords(text, delimiter, whole);
    const counts = new Map<number, number>();
    for (const { length } of records) counts.set(length, (counts.get(length) ?? 0) + 1);
    const [width, alike] = [...counts].reduce((most, next) => (next[1] > most[1] ? next : most), [1, 0]);
    const score = (alike / records.length || 0) * (width > 1 ? 1 : 0.5);
    if (score > best.score || (score === best.score && width > best.width)) best = { delimiter, score, width };
  }
  return best.delimiter;
}

const LONGEST_NAME = 60;
const isNumber = (cell: string): boolean => /^[-+]?[\d\s.,:/-]*\d[\d\s.,:/%-]*$/.test(cell.trim());

/**
 * Whether the first record names columns: it does not where a cell of it is there again further down, does where a name
 * is known, and does not where a cell is a number, a sentence, longer than a name or there twice. Else a column of numbers or of much longer texts below tells.
 */
export function guessHeader(records: readonly (readonly string[])[]): boolean {
  const [first = [], ...rest] = records;
  const names = first.map((cell) => cell.trim());
  const columns = names.map((name, i) => ({ name, below: rest.map((cells) => cells[i]?.trim() ?? '') }));
  if (columns.some(({ name, below }) => name && below.includes(name))) return false;
  if (names.some(isKnownName)) return true;
  const filled = names.filter(Boolean);
  if (!filled.length || new Set(filled).size < filled.length) return false;
  if (filled.some((name) => name.length > LONGEST_NAME || isNumber(name) || /[.!?。！？]$/.test(name))) return false;
  if (!rest.length) return true;
  const numbers = columns.some(({ below }) => below.every((cell) => isNumber(cell)));
  const longer = columns.some(({ name, below }) => meanLength(below) > 3 * name.length);
  return numbers || longer || filled.every((name) => /^[\p{L}_][\p{L}\p{N}_-]*$/u.test(name));
}

const meanLength = (cells: readonly string[]): number =>
  cells.reduce((sum, { length }) => sum + length, 0) / (cells.length || 1);
