import { type Problem, warning } from '../../protocol/problems.ts';
import { guessDelimiter } from '../tables/csv-guess.ts';
import { findColumns, noColumns, type TableRead, tableOf } from './columns.ts';
import { CsvRows } from './csv-rows.ts';
import { decodeText } from './text.ts';

/**
 * Rows of a CSV or TSV; columns are found by their headers (`columns.ts`). Rows of another length than the header
 * become problems (`csv-ragged-row`), and so does an encoding that had to be guessed (`csv-encoding`).
 */
export function readCsv(bytes: Uint8Array, name: string): TableRead {
  const problems: Problem[] = [];
  const { text, encoding } = decodeText(bytes);
  if (!encoding.startsWith('utf')) problems.push(warning('csv-encoding', { file: name, encoding }));
  const reading = new CsvRows(guessDelimiter(text, true));
  const [first, ...records] = [...reading.push(text), ...reading.end()];
  const header = trimmed(first?.cells ?? []);
  if (!findColumns(header)) return { table: null, problems: [...problems, noColumns(name, header)] };
  for (const row of reading.openQuotes) problems.push(warning('csv-quote-open', { file: name, row }));
  const rows: { row: number; cells: readonly string[] }[] = [];
  for (const { cells: written, row } of records) {
    const cells = [...trimmed(written)];
    // Trailing separators that stand for nothing are common and harmless.
    while (cells.length > header.length && cells.at(-1) === '') cells.pop();
    if (cells.length === header.length) rows.push({ row, cells });
    else problems.push(warning('csv-ragged-row', { file: name, row, expected: header.length, found: cells.length }));
  }
  const read = tableOf(name, header, rows);
  return { table: read.table, problems: [...problems, ...read.problems].sort(byRow) };
}

const byRow = (a: Problem, b: Problem): number => Number(a.values.row ?? 0) - Number(b.values.row ?? 0);

const trimmed = (record: readonly string[]): readonly string[] => record.map((cell) => cell.trim());
