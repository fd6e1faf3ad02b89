import { warning } from '../../protocol/problems.ts';
import type { TableReading } from '../../protocol/text.ts';
import { extensionOf } from '../paths.ts';
import { type CsvRecord, CsvRows } from '../readers/csv-rows.ts';
import { TableBuilder } from './builder.ts';
import { columnLetters } from './columns.ts';
import { guessDelimiter, guessHeader, sampleRecords } from './csv-guess.ts';
import { decodeChunks, textSample } from './decode.ts';
import type { ReadTableOptions, TextTable } from './table.ts';

/** Records of the sample that the header is guessed from. */
const LOOKED_AT = 200;

/** First line of a file in which Excel says what parts its cells. */
const SAID = /^sep=([^\n])\n/i;

/**
 * A CSV or TSV. Records of another length than most become problems (`csv-ragged-row`, `reason` `short` or `long`, with
 * the first column that is missing, or the last one) and are left out; a quote that is never closed does too
 * (`csv-quote-open`), and its line is kept.
 */
export async function readCsvTable(
  file: Blob,
  path: string,
  encoding: TableReading['encoding'],
  { reading: wanted = {}, onProgress }: ReadTableOptions,
): Promise<TextTable> {
  const { text, whole } = await textSample(file, encoding);
  const said = SAID.exec(text)?.[1];
  const byName = extensionOf(path) === 'tsv' && text.includes('\t') ? '\t' : undefined;
  const delimiter = wanted.delimiter || (said ?? byName ?? guessDelimiter(text, whole));
  const records = sampleRecords(text, delimiter, whole).slice(said ? 1 : 0, LOOKED_AT);
  const header = wanted.header ?? guessHeader(records);
  const builder = new TableBuilder(path, 'csv', { encoding, delimiter, header });
  const rows = new CsvRows(delimiter);
  const width = header ? (records[0]?.length ?? 0) : commonWidth(records);
  if (!header) for (let i = 0; i < width; i++) builder.addColumn(columnLetters(i));

  let named = !header;
  const take = (taken: readonly CsvRecord[]) => {
    for (const { cells, line } of taken) {
      if (said && line === 1) continue;
      if (named) addRecord(builder, path, cells, line);
      else for (const cell of cells) builder.addColumn(cell.trim());
      named = true;
    }
  };
  for await (const chunk of decodeChunks(file, encoding, onProgress)) take(rows.push(chunk));
  take(rows.end());
  for (const row of rows.openQuotes) builder.problems.push(warning('csv-quote-open', { file: path, row }));
  builder.problems.sort((a, b) => Number(a.values.row) - Number(b.values.row));
  return builder.finish();
}

function addRecord(builder: TableBuilder, file: string, cells: string[], row: number): void {
  const expected = builder.columns.length;
  // Trailing separators that stand for nothing are common and harmless.
  while (cells.length > expected && cells.at(-1)!.trim() === '') cells.pop();
  if (cells.length === expected) {
    builder.addRow(cells, row);
    return;
  }
  const short = cells.length < expected;
  const column = builder.columns[short ? cells.length : expected - 1] ?? '';
  const values = { file, row, column, expected, found: cells.length, reason: short ? 'short' : 'long' };
  builder.problems.push(warning('csv-ragged-row', values));
}

function commonWidth(records: readonly (readonly string[])[]): number {
  const counts = new Map<number, number>();
  for (const { length } of records) counts.set(length, (counts.get(length) ?? 0) + 1);
  return [...counts].reduce((most, next) => (next[1] > most[1] ? next : most), [0, 0])[0];
}
