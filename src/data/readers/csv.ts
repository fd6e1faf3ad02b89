import Papa from 'papaparse';
import { type Problem, warning } from '../../protocol/problems.ts';
import { findColumns, noColumns, type TableRead, tableOf } from './columns.ts';
import { decodeText } from './text.ts';

/**
 * Rows of a CSV or TSV; columns are found by their headers (`columns.ts`). Rows of another length than the header
 * become problems (`csv-ragged-row`), and so does an encoding that had to be guessed (`csv-encoding`).
 */
export function readCsv(bytes: Uint8Array, name: string): TableRead {
  const problems: Problem[] = [];
  const { text, encoding } = decodeText(bytes);
  if (encoding === 'windows-1252') problems.push(warning('csv-encoding', { file: name, encoding }));
  const records = Papa.parse<string[]>(text, { delimiter: delimiterOf(text) }).data;
  const headerAt = records.findIndex((record) => !isBlank(record));
  const header = trimmed(headerAt < 0 ? [] : records[headerAt]!);
  if (!findColumns(header)) return { table: null, problems: [...problems, noColumns(name, header)] };
  const rows: { row: number; cells: readonly string[] }[] = [];
  records.forEach((record, index) => {
    if (index <= headerAt || isBlank(record)) return;
    const cells = [...trimmed(record)];
    // Trailing separators that stand for nothing are common and harmless.
    while (cells.length > header.length && cells.at(-1) === '') cells.pop();
    const row = index + 1;
    if (cells.length === header.length) rows.push({ row, cells });
    else problems.push(warning('csv-ragged-row', { file: name, row, expected: header.length, found: cells.length }));
  });
  const read = tableOf(name, header, rows);
  return { table: read.table, problems: [...problems, ...read.problems].sort(byRow) };
}

const byRow = (a: Problem, b: Problem): number => Number(a.values.row ?? 0) - Number(b.values.row ?? 0);

/**
 * The commonest separator of the header, whose names hold none. Papaparse's own guess wants two columns in the mean
 * of all rows and fails on a blank one.
 */
function delimiterOf(text: string): string {
  const [header = ''] = text.trimStart().split(/[\r\n]/, 1);
  const counts = [',', ';', '\t', '|'].map((mark) => ({ mark, count: header.split(mark).length }));
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).mark;
}

const trimmed = (record: readonly string[]): readonly string[] => record.map((cell) => cell.trim());
const isBlank = (record: readonly string[]): boolean => record.every((cell) => cell.trim() === '');
