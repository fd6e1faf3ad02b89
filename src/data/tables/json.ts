import { breathe } from '../../lib/breathe.ts';
import { ProblemError, warning } from '../../protocol/problems.ts';
import type { Encoding } from '../../protocol/text.ts';
import { splitNamed } from '../readers/columns.ts';
import { TableBuilder } from './builder.ts';
import { decodeChunks } from './decode.ts';
import { isObject, type JsonObject, jsonErrorAt, parseJson } from './json-cells.ts';
import { Records, readJsonlTable } from './jsonl.ts';
import type { ReadTableOptions, TextTable } from './table.ts';

/** Rows are breathed between by so many. */
const STEP = 2000;

/**
 * A JSON file: a list of objects or of texts, columns of values (pandas too), a list under a key (`data`), or one under the
 * name of each split. A file of JSON lines that is called so is read as such. Throws `json-broken` with row and column,
 * `table-unreadable` where there is no table in it.
 */
export async function readJsonTable(
  file: Blob,
  path: string,
  encoding: Encoding,
  options: ReadTableOptions,
): Promise<TextTable> {
  let text = '';
  for await (const chunk of decodeChunks(file, encoding, options.onProgress)) text += chunk;
  const value = parseJson(text);
  if (value === undefined) {
    const [first = ''] = text.trimStart().split('\n', 1);
    if (isObject(parseJson(first))) return readJsonlTable(file, path, encoding, options);
    throw new ProblemError('json-broken', { file: path, ...placeOf(text, jsonErrorAt(text)), reason: 'whole' });
  }
  const rows = rowsOf(value);
  if (!rows) throw new ProblemError('table-unreadable', { file: path, reason: 'json' });
  const builder = new TableBuilder(path, 'json', { encoding, delimiter: '', header: true });
  const records = new Records(builder);
  for (const [index, row] of rows.entries()) {
    if (isObject(row)) records.add(row, index + 1);
    else if (typeof row === 'string') records.add({ text: row }, index + 1);
    else builder.problems.push(warning('jsonl-bad-line', { file: path, row: index + 1, reason: 'text' }));
    if (index % STEP === STEP - 1) await breathe();
  }
  return builder.finish();
}

function placeOf(text: string, at: number): { row: number; column: number } {
  const before = text.slice(0, at).split('\n');
  return { row: before.length, column: before.at(-1)!.length + 1 };
}

/** Undefined where no list of rows is found. */
function rowsOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value.some((row) => isObject(row) || typeof row === 'string') ? value : undefined;
  if (!isObject(value)) return undefined;
  return bySplits(value) ?? byPandasSplit(value) ?? byColumns(value) ?? within(value);
}

/** `{train: [...], test: [...]}`: one list, with a column that says which. */
function bySplits(value: JsonObject): readonly unknown[] | undefined {
  const lists = Object.entries(value);
  if (
    !lists.length ||
    !lists.every(([name, list]) => splitNamed(name) && Array.isArray(list) && list.every(isObject))
  ) {
    return undefined;
  }
  return lists.flatMap(([split, list]) => (list as JsonObject[]).map((row) => ({ ...row, split })));
}

/** `{columns: [...], data: [[...]]}`, as pandas writes with `orient="split"`. */
function byPandasSplit({ columns, data }: JsonObject): readonly unknown[] | undefined {
  if (!Array.isArray(columns) || !Array.isArray(data) || !data.every(Array.isArray)) return undefined;
  return data.map((row: unknown[]) => Object.fromEntries(columns.map((name, i) => [String(name), row[i]])));
}

/** `{text: [...], label: [...]}`, or `{text: {0: …}, label: {0: …}}` as pandas writes by default. */
function byColumns(value: JsonObject): readonly unknown[] | undefined {
  const columns = Object.entries(value);
  const plain = (cell: unknown) => !isObject(cell);
  const lists = columns.every(([, cells]) => Array.isArray(cells) && cells.every(plain));
  const maps = columns.every(([, cells]) => isObject(cells) && Object.keys(cells).length > 0);
  if (!columns.length || (!lists && !maps)) return undefined;
  const keys = [...new Set(columns.flatMap(([, cells]) => Object.keys(cells as object)))];
  return keys.map((key) => Object.fromEntries(columns.map(([name, cells]) => [name, (cells as JsonObject)[key]])));
}

/** The longest list of objects under some key: `{version: 1, data: [...]}`. */
function within(value: JsonObject): readonly unknown[] | undefined {
  const lists = Object.values(value).filter((list): list is unknown[] => Array.isArray(list) && list.some(isObject));
  return lists.sort((a, b) => b.length - a.length)[0];
}
