import { breathe } from '../../lib/breathe.ts';
import { note, ProblemError } from '../../protocol/problems.ts';
import { readZip, ZIP_LIMITS } from '../readers/zip.ts';
import { TableBuilder } from './builder.ts';
import { columnLetters } from './columns.ts';
import { guessHeader } from './csv-guess.ts';
import { cellOf } from './json-cells.ts';
import type { ReadTableOptions, TextTable } from './table.ts';

/** The library holds all of it in memory as text. */
const INFLATED = 512 * 2 ** 20;
const LOOKED_AT = 200;
const STEP = 2000;

/**
 * The sheet of a workbook that has the most rows; a note names the others (`xlsx-other-sheets`). Throws
 * `table-unreadable` where it is damaged, and what `readZip` throws past its limits.
 */
export async function readXlsxTable(
  file: Blob,
  path: string,
  { reading: wanted = {}, onProgress }: ReadTableOptions,
): Promise<TextTable> {
  // The library unpacks without a limit: what is in there is counted before.
  await readZip(file, path, { ...ZIP_LIMITS, bytes: INFLATED });
  const sheets = await readSheets(file, path);
  const filled = sheets.map(({ sheet, data }) => ({ name: sheet, rows: data.map((row) => row.map(cellOf)) }));
  const used = filled.filter(({ rows }) => rows.some((row) => !isBlank(row)));
  const [largest = { name: '', rows: [] }, ...others] = used.toSorted((a, b) => b.rows.length - a.rows.length);

  const records = largest.rows.flatMap((cells, index) => (isBlank(cells) ? [] : [{ cells, row: index + 1 }]));
  const header = wanted.header ?? guessHeader(records.slice(0, LOOKED_AT).map(({ cells }) => cells));
  const builder = new TableBuilder(path, 'xlsx', { encoding: 'utf-8', delimiter: '', header });
  const first = records[0]?.cells ?? [];
  const width = records.reduce((most, { cells }) => Math.max(most, cells.length), 0);
  for (let i = 0; i < width; i++) builder.addColumn(header ? (first[i] ?? '').trim() : columnLetters(i));
  const rows = header ? records.slice(1) : records;
  for (const [index, { cells, row }] of rows.entries()) {
    builder.addRow(cells, row);
    if (index % STEP !== STEP - 1) continue;
    onProgress?.(index + 1, rows.length);
    await breathe();
  }
  onProgress?.(rows.length, rows.length);
  if (others.length) {
    const names = others.map(({ name }) => name).join(', ');
    builder.problems.push(note('xlsx-other-sheets', { file: path, sheet: largest.name, others: names }));
  }
  return builder.finish();
}

const isBlank = (cells: readonly string[]): boolean => cells.every((cell) => cell.trim() === '');

async function readSheets(file: Blob, path: string): Promise<{ sheet: string; data: unknown[][] }[]> {
  // Loaded when the first workbook comes.
  const { default: readXlsxFile } = await import('read-excel-file/web-worker');
  try {
    return (await readXlsxFile(file, { trim: false })) as { sheet: string; data: unknown[][] }[];
  } catch (error) {
    throw new ProblemError('table-unreadable', { file: path, reason: 'xlsx' }, { cause: error });
  }
}
