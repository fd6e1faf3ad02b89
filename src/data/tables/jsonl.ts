import { warning } from '../../protocol/problems.ts';
import type { Encoding } from '../../protocol/text.ts';
import { TableBuilder } from './builder.ts';
import { decodeChunks } from './decode.ts';
import { cellOf, isObject, type JsonObject, jsonErrorAt, parseJson } from './json-cells.ts';
import type { ReadTableOptions, TextTable } from './table.ts';

/**
 * JSON lines, one object each; columns are the keys of all. A line that is no JSON becomes a problem with its row and the
 * character where it goes wrong (`json-broken`), one that holds something else `jsonl-bad-line`.
 */
export async function readJsonlTable(
  file: Blob,
  path: string,
  encoding: Encoding,
  { onProgress }: ReadTableOptions,
): Promise<TextTable> {
  const builder = new TableBuilder(path, 'jsonl', { encoding, delimiter: '', header: true });
  const records = new Records(builder);
  let row = 0;
  const take = (line: string) => {
    row++;
    if (line.trim() === '') return;
    const value = parseJson(line);
    if (isObject(value)) records.add(value, row);
    else if (value !== undefined) builder.problems.push(warning('jsonl-bad-line', { file: path, row, reason: 'text' }));
    else builder.problems.push(warning('json-broken', { file: path, row, column: jsonErrorAt(line) + 1 }));
  };
  let rest = '';
  for await (const chunk of decodeChunks(file, encoding, onProgress)) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    lines.forEach(take);
  }
  if (rest) take(rest);
  return builder.finish();
}

/** Objects as rows, by key. */
export class Records {
  readonly #builder: TableBuilder;
  readonly #places = new Map<string, number>();

  constructor(builder: TableBuilder) {
    this.#builder = builder;
  }

  add(record: JsonObject, row: number): void {
    const cells: string[] = [];
    for (const [key, value] of Object.entries(record)) {
      const name = key.trim();
      let place = this.#places.get(name);
      if (place === undefined) {
        place = this.#builder.addColumn(name);
        this.#places.set(name, place);
      }
      cells[place] = cellOf(value);
    }
    this.#builder.addRow(cells, row);
  }
}
