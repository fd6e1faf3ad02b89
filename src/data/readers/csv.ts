import Papa from 'papaparse';
import type { Split } from '../../protocol/dataset.ts';
import { type Problem, warning } from '../../protocol/problems.ts';
import { decodeText } from './text.ts';

const FILE_COLUMN = /^(file|filename|file_name|path|image|img|picture)$/i;
const LABEL_COLUMN = /^(label|class|category|target|y)$/i;
const SPLIT_COLUMN = /^(split|subset|partition)$/i;

/** Names that data sets use for the three splits, folders and cells alike. */
export function splitNamed(name: string): Split | null {
  if (/^(train|training)$/i.test(name)) return 'train';
  if (/^(validation|valid|val|dev)$/i.test(name)) return 'validation';
  if (/^(test|testing)$/i.test(name)) return 'test';
  return null;
}

export interface CsvRow {
  /** As a spreadsheet counts: the header is row 1. */
  row: number;
  file: string;
  label: string;
  split?: Split;
}
export interface CsvTable {
  rows: CsvRow[];
  /** Header of the column that names files, for problems found later. */
  fileColumn: string;
}

/**
 * File names and labels of a CSV or TSV; columns are found by their headers. Rows that cannot be used become problems
 * that name row and column (`csv-ragged-row`, `csv-label-empty`, `csv-file-missing`, `csv-split-unknown`).
 * Null, with `csv-no-columns` among the problems, where the header does not name both columns.
 */
export function readCsv(bytes: Uint8Array, name: string): { table: CsvTable | null; problems: Problem[] } {
  const problems: Problem[] = [];
  const { text, encoding } = decodeText(bytes);
  if (encoding === 'windows-1252') problems.push(warning('csv-encoding', { file: name, encoding }));
  const records = Papa.parse<string[]>(text, { delimiter: delimiterOf(text) }).data;
  const headerAt = records.findIndex((record) => !isBlank(record));
  const header = trimmed(headerAt < 0 ? [] : records[headerAt]!);
  const columns = findColumns(header);
  if (!columns) {
    problems.push(warning('csv-no-columns', { file: name, columns: header.join(', ') }));
    return { table: null, problems };
  }
  const rows: CsvRow[] = [];
  records.forEach((record, index) => {
    if (index <= headerAt || isBlank(record)) return;
    const read = readRow(record, header, columns, { file: name, row: index + 1 });
    problems.push(...read.problems);
    if (read.row) rows.push(read.row);
  });
  return { table: { rows, fileColumn: header[columns.file]! }, problems };
}

/**
 * The commonest separator of the header, whose names hold none. Papaparse's own guess wants two columns in the mean
 * of all rows and fails on a blank one.
 */
function delimiterOf(text: string): string {
  const [header = ''] = text.trimStart().split(/[\r\n]/, 1);
  const counts = [',', ';', '\t', '|'].map((mark) => ({ mark, count: header.split(mark).length }));
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).mark;
}

interface Columns {
  file: number;
  label: number;
  /** -1 where there is none. */
  split: number;
}

function findColumns(header: readonly string[]): Columns | null {
  const find = (pattern: RegExp) => header.findIndex((cell) => pattern.test(cell));
  const columns = { file: find(FILE_COLUMN), label: find(LABEL_COLUMN), split: find(SPLIT_COLUMN) };
  return columns.file < 0 || columns.label < 0 ? null : columns;
}

function readRow(
  record: readonly string[],
  header: readonly string[],
  columns: Columns,
  at: { file: string; row: number },
): { row: CsvRow | null; problems: Problem[] } {
  const cells = [...trimmed(record)];
  // Trailing separators that stand for nothing are common and harmless.
  while (cells.length > header.length && cells.at(-1) === '') cells.pop();
  if (cells.length !== header.length) {
    const values = { ...at, expected: header.length, found: cells.length };
    return { row: null, problems: [warning('csv-ragged-row', values)] };
  }
  const file = cells[columns.file]!;
  const label = cells[columns.label]!.normalize('NFC');
  if (!file) {
    const values = { ...at, column: header[columns.file]!, name: '' };
    return { row: null, problems: [warning('csv-file-missing', values)] };
  }
  if (!label) {
    return { row: null, problems: [warning('csv-label-empty', { ...at, column: header[columns.label]!, name: file })] };
  }
  const named = columns.split < 0 ? '' : cells[columns.split]!;
  const split = splitNamed(named);
  const problems =
    named && !split ? [warning('csv-split-unknown', { ...at, column: header[columns.split]!, value: named })] : [];
  return { row: { row: at.row, file, label, ...(split ? { split } : {}) }, problems };
}

const trimmed = (record: readonly string[]): readonly string[] => record.map((cell) => cell.trim());
const isBlank = (record: readonly string[]): boolean => record.every((cell) => cell.trim() === '');
