import { firstBytes } from '../../lib/first-bytes.ts';
import { ProblemError, warning } from '../../protocol/problems.ts';
import type { TableReading } from '../../protocol/text.ts';
import { extensionOf } from '../paths.ts';
import { TableBuilder } from './builder.ts';
import { readCsvTable } from './csv.ts';
import { encodingSample, textSample } from './decode.ts';
import { guessEncoding } from './encoding.ts';
import { readJsonTable } from './json.ts';
import { readJsonlTable } from './jsonl.ts';
import { checkSize } from './limits.ts';
import { readParquetTable } from './parquet.ts';
import type { ReadTableOptions, TableFormat, TextTable } from './table.ts';
import { readTxtTable } from './txt.ts';
import { readXlsxTable } from './xlsx.ts';

export const TABLE_EXTENSIONS: Readonly<Record<string, TableFormat>> = {
  csv: 'csv',
  tsv: 'csv',
  tab: 'csv',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  json: 'json',
  txt: 'txt',
  md: 'txt',
  text: 'txt',
  parquet: 'parquet',
  xlsx: 'xlsx',
  xlsm: 'xlsx',
};

/**
 * The table in a file, in steps of some milliseconds so that the worker answers meanwhile. How it is written is guessed
 * where `reading` does not say it. What cannot be used becomes problems with row and column, and the rest is kept. Throws
 * where there is no table at all: `table-unreadable`, `table-too-large`, `json-broken` (JSON as a whole), or a problem of a
 * zip (xlsx is one).
 */
export async function readTable(file: Blob, path: string, options: ReadTableOptions = {}): Promise<TextTable> {
  const format = await formatOf(file, path);
  if (format === 'parquet') return readParquetTable(file, path, options);
  if (format === 'xlsx') return readXlsxTable(file, path, options);
  checkSize(path, { bytes: file.size });
  const encoding = options.reading?.encoding ?? guessEncoding(await encodingSample(file));
  if (file.size === 0) return empty(path, format, { encoding, delimiter: '', header: false });
  if (format === 'jsonl') return readJsonlTable(file, path, encoding, options);
  if (format === 'json') return readJsonTable(file, path, encoding, options);
  if (format === 'csv') return readCsvTable(file, path, encoding, options);
  const delimiter = options.reading?.delimiter ?? ((await isTabbed(file, encoding)) ? '\t' : '');
  const reading = { ...options.reading, delimiter };
  return delimiter
    ? readCsvTable(file, path, encoding, { ...options, reading })
    : readTxtTable(file, path, encoding, options);
}

/** By the first bytes, for names lie, and else by the name; what has no known name is text. */
async function formatOf(file: Blob, path: string): Promise<TableFormat> {
  const head = await firstBytes(file, 8);
  const starts = (...bytes: number[]) => bytes.every((byte, i) => head[i] === byte);
  if (starts(0x50, 0x41, 0x52, 0x31)) return 'parquet';
  if (starts(0x50, 0x4b, 0x03, 0x04)) return 'xlsx';
  // What Excel wrote until 2003, and still writes around a workbook with a password.
  if (starts(0xd0, 0xcf, 0x11, 0xe0)) throw new ProblemError('table-unreadable', { file: path, reason: 'xls' });
  const format = TABLE_EXTENSIONS[extensionOf(path)] ?? 'txt';
  if (file.size > 0 && (format === 'parquet' || format === 'xlsx')) {
    throw new ProblemError('table-unreadable', { file: path, reason: format });
  }
  return format;
}

function empty(path: string, format: TableFormat, reading: TableReading): TextTable {
  const table = new TableBuilder(path, format, reading).finish();
  return { ...table, problems: [warning('file-empty', { file: path })] };
}

/** Whether a text file is a table: the same number of tabs in nearly every line, as in the SMS Spam Collection. */
async function isTabbed(file: Blob, encoding: TableReading['encoding']): Promise<boolean> {
  const { text, whole } = await textSample(file, encoding);
  const lines = text.split('\n').filter((line) => line.trim());
  if (!whole) lines.pop();
  const tabs = (line: string) => line.split('\t').length - 1;
  const expected = tabs(lines[0] ?? '');
  return (
    lines.length > 1 && expected > 0 && lines.filter((line) => tabs(line) === expected).length >= lines.length * 0.95
  );
}
