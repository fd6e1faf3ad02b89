import type { Split } from '../../protocol/dataset.ts';
import { type Problem, warning } from '../../protocol/problems.ts';

const FILE_COLUMN = /^(file|filename|file_?path|path|image|img|picture|(file|image|img|picture)_(name|path|file|id))$/i;
/** The first that is there counts: beside `label_name`, a `label` is its number. */
const LABEL_COLUMNS = [/^(label|class)_?name$/i, /^(labels?|class|category|target|y)$/i];
const SPLIT_COLUMN = /^(split|subset|partition)$/i;

/** Names that data sets use for the three splits, folders and cells alike. */
export function splitNamed(name: string): Split | null {
  if (/^(train|training)$/i.test(name)) return 'train';
  if (/^(validation|valid|val|dev)$/i.test(name)) return 'validation';
  if (/^(test|testing)$/i.test(name)) return 'test';
  return null;
}

export interface TableRow {
  /** As a spreadsheet counts: the header of a CSV is row 1. */
  row: number;
  file: string;
  /** Undefined where the cell is empty or there is no such column. */
  label?: string;
  split?: Split;
  /** Cells of `LabelTable.others`; empty where there is nothing. */
  others: readonly string[];
}

/** A table that names pictures. */
export interface LabelTable {
  /** Path of the table. */
  name: string;
  rows: TableRow[];
  /** Header of the column that names files, for problems found later. */
  fileColumn: string;
  /** False where no column names labels. */
  labelled: boolean;
  /** Headers of all columns that are neither file, label nor split. */
  others: readonly string[];
}

export interface TableRead {
  /** Null where no column names files. */
  table: LabelTable | null;
  problems: Problem[];
}

interface Columns {
  file: number;
  /** -1 where there is none, as for `split`. */
  label: number;
  split: number;
  others: readonly number[];
}

/** Which column is what, by their headers; null where none names files. */
export function findColumns(header: readonly string[]): Columns | null {
  const find = (pattern: RegExp) => header.findIndex((cell) => pattern.test(cell));
  const file = find(FILE_COLUMN);
  const label = LABEL_COLUMNS.map(find).find((column) => column >= 0) ?? -1;
  const split = find(SPLIT_COLUMN);
  const others = header.flatMap((name, i) => (name && ![file, label, split].includes(i) ? [i] : []));
  return file < 0 ? null : { file, label, split, others };
}

/**
 * Cells as a table, whatever they were written in. What cannot be used becomes problems that name row and column:
 * `csv-file-missing`, `csv-label-empty`, `csv-split-unknown`, and `csv-no-columns` where the header names no files.
 */
export function tableOf(
  name: string,
  header: readonly string[],
  records: readonly { row: number; cells: readonly string[] }[],
): TableRead {
  const columns = findColumns(header);
  if (!columns) return { table: null, problems: [noColumns(name, header)] };
  const problems: Problem[] = [];
  const rows: TableRow[] = [];
  for (const { row, cells } of records) {
    const read = readRow(cells, header, columns, { file: name, row });
    problems.push(...read.problems);
    if (read.row) rows.push(read.row);
  }
  const others = columns.others.map((i) => header[i]!);
  return { table: { name, rows, fileColumn: header[columns.file]!, labelled: columns.label >= 0, others }, problems };
}

export const noColumns = (file: string, header: readonly string[]): Problem =>
  warning('csv-no-columns', {
    file,
    columns: header.join(', '),
    ...(/\.csv|\.tsv$/i.test(file) ? {} : { reason: 'lines' }),
  });

function readRow(
  cells: readonly string[],
  header: readonly string[],
  columns: Columns,
  at: { file: string; row: number },
): { row: TableRow | null; problems: Problem[] } {
  const file = cells[columns.file]!;
  if (!file) {
    const values = { ...at, column: header[columns.file]!, name: '' };
    return { row: null, problems: [warning('csv-file-missing', values)] };
  }
  const problems: Problem[] = [];
  const label = columns.label < 0 ? '' : cells[columns.label]!.normalize('NFC');
  if (!label && columns.label >= 0) {
    problems.push(warning('csv-label-empty', { ...at, column: header[columns.label]!, name: file }));
  }
  const named = columns.split < 0 ? '' : cells[columns.split]!;
  const split = splitNamed(named);
  if (named && !split) {
    problems.push(warning('csv-split-unknown', { ...at, column: header[columns.split]!, value: named }));
  }
  const others = columns.others.map((i) => cells[i]!.normalize('NFC'));
  return { row: { row: at.row, file, ...(label ? { label } : {}), ...(split ? { split } : {}), others }, problems };
}
