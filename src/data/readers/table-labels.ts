import { type GroupColumn, NONE } from '../../protocol/dataset.ts';
import { note, type Problem, warning } from '../../protocol/problems.ts';
import { classNames } from '../classes.ts';
import { baseName, folderOf, withoutExtension } from '../paths.ts';
import { type LabelTable, splitNamed, type TableRow } from './columns.ts';
import type { Labelled } from './folders.ts';
import { finder } from './match.ts';

/** A row, and the picture that it names, by its place in the list that was asked about. */
interface Match {
  table: LabelTable;
  row: TableRow;
  index: number;
}

/**
 * Rows with the one picture that each means, in their order. The others become problems that name the row:
 * `csv-file-missing`, `csv-file-ambiguous`, and `csv-row-repeated` (among tables with labels, and among those without:
 * one may give labels and another groups). `mentioned` are the pictures that a table with labels may mean.
 */
export function matchRows(
  paths: readonly string[],
  tables: readonly LabelTable[],
): { matches: Match[]; mentioned: ReadonlySet<number>; problems: Problem[] } {
  const find = finder(paths);
  const problems: Problem[] = [];
  const matches: Match[] = [];
  const mentioned = new Set<number>();
  const taken = new Map<string, string>();
  for (const table of tables) {
    for (const row of table.rows) {
      const at = { file: table.name, row: row.row, column: table.fileColumn, name: row.file };
      const found = find(row.file, folderOf(table.name));
      if (table.labelled) for (const one of found) mentioned.add(one);
      const [index] = found;
      const key = `${table.labelled}/${index}`;
      const first = taken.get(key);
      if (index === undefined) problems.push(warning('csv-file-missing', at));
      else if (found.length > 1) problems.push(warning('csv-file-ambiguous', { ...at, count: found.length }));
      else if (first !== undefined) problems.push(warning('csv-row-repeated', { ...at, first }));
      else {
        taken.set(key, tables.length > 1 ? `${table.name}:${row.row}` : String(row.row));
        matches.push({ table, row, index });
      }
    }
  }
  return { matches, mentioned, problems };
}

/** Pictures that no table with labels names, told together. */
export function unlisted(paths: readonly string[], mentioned: ReadonlySet<number>): Problem[] {
  const count = paths.length - mentioned.size;
  if (count === 0) return [];
  return [note('csv-images-unlisted', { file: paths.find((_, index) => !mentioned.has(index))!, count })];
}

/** What tables say of each picture. A table called `train.csv` or `test.csv` names the split of its rows. */
export function labelsOf(matches: readonly Match[]): Labelled[] {
  const labels = new Map<number, Labelled>();
  for (const { table, row, index } of matches) {
    const split = row.split ?? splitNamed(withoutExtension(baseName(table.name)));
    const label = row.label ?? labels.get(index)?.label;
    labels.set(index, { ...labels.get(index), index, label, ...(split ? { split } : {}) });
  }
  return [...labels.values()];
}

/** A column with more values tells pictures apart, not groups of them. */
const MOST_VALUES = 50;

/**
 * The columns by which results can be told apart: 2 to 50 different values, and not another one in every row. Columns of
 * the same name in several tables are one.
 */
export function groupsOf(count: number, matches: readonly Match[]): GroupColumn[] {
  const columns = new Map<string, Map<number, string>>();
  for (const { table, row, index } of matches) {
    table.others.forEach((name, i) => {
      const cell = row.others[i]!;
      if (!cell) return;
      const cells = columns.get(name) ?? new Map<number, string>();
      if (!cells.has(index)) cells.set(index, cell);
      columns.set(name, cells);
    });
  }
  return [...columns].flatMap(([name, cells]) => {
    const values = classNames([...cells.values()]);
    if (values.length < 2 || values.length > MOST_VALUES || values.length === cells.size) return [];
    const places = new Map(values.map((value, place) => [value, place]));
    const of = new Int32Array(count).fill(NONE);
    for (const [index, cell] of cells) of[index] = places.get(cell)!;
    return [{ name, values, of }];
  });
}
