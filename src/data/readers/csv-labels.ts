import { note, type Problem, warning } from '../../protocol/problems.ts';
import { baseName, tidyPath, withoutExtension } from '../paths.ts';
import { type CsvTable, splitNamed } from './csv.ts';
import type { Labelled } from './folders.ts';

/**
 * Labels of pictures from one or more tables, in the order of the rows. A cell names a picture by the end of its path:
 * `a.jpg` or `images/a.jpg` for `herbs/images/a.jpg`. A table called `train.csv` or `test.csv` without a split column
 * names the split of its rows.
 */
export function labelByTables(
  paths: readonly string[],
  tables: readonly { name: string; table: CsvTable }[],
): { labelled: Labelled[]; problems: Problem[] } {
  const find = finder(paths);
  const problems: Problem[] = [];
  const labelled: Labelled[] = [];
  const taken = new Map<number, string>();
  for (const { name, table } of tables) {
    const tableSplit = splitNamed(withoutExtension(baseName(name)));
    for (const row of table.rows) {
      const at = { file: name, row: row.row, column: table.fileColumn, name: row.file };
      const found = find(row.file);
      if (found.length === 0) problems.push(warning('csv-file-missing', at));
      else if (found.length > 1) problems.push(warning('csv-file-ambiguous', { ...at, count: found.length }));
      else if (taken.has(found[0]!)) {
        problems.push(warning('csv-row-repeated', { ...at, first: taken.get(found[0]!)! }));
      } else {
        taken.set(found[0]!, tables.length > 1 ? `${name}:${row.row}` : String(row.row));
        const split = row.split ?? tableSplit;
        labelled.push({ index: found[0]!, label: row.label, ...(split ? { split } : {}) });
      }
    }
  }
  const unlisted = paths.length - taken.size;
  if (unlisted > 0) {
    const first = paths.find((_, index) => !taken.has(index))!;
    problems.push(note('csv-images-unlisted', { file: first, count: unlisted }));
  }
  return { labelled, problems };
}

/** Pictures that a cell may mean: by exact case, else by any case, else with any extension (`0001` for `0001.png`). */
function finder(paths: readonly string[]): (cell: string) => readonly number[] {
  const keys: ((path: string) => string)[] = [
    (path) => path,
    (path) => path.toLowerCase(),
    (path) => withoutExtension(path).toLowerCase(),
  ];
  // Built when first needed: most tables match in the first.
  const indexes: Map<string, number[]>[] = [];
  return (cell) => {
    const wanted = tidyPath(cell);
    for (const [i, key] of keys.entries()) {
      indexes[i] ??= suffixIndex(paths.map(key));
      const found = indexes[i].get(i === 2 ? wanted.toLowerCase() : key(wanted));
      if (found) return whole(found, paths, wanted);
    }
    return [];
  };
}

/** Among pictures with the same ending, the one whose whole path is the cell is meant. */
const whole = (found: readonly number[], paths: readonly string[], wanted: string): readonly number[] => {
  const exact = found.length > 1 ? found.filter((index) => paths[index] === wanted) : found;
  return exact.length === 1 ? exact : found;
};

function suffixIndex(paths: readonly string[]): Map<string, number[]> {
  const index = new Map<string, number[]>();
  paths.forEach((path, i) => {
    for (let from = 0; from >= 0; ) {
      const suffix = path.slice(from);
      const known = index.get(suffix);
      if (known) known.push(i);
      else index.set(suffix, [i]);
      const slash = path.indexOf('/', from);
      from = slash < 0 ? -1 : slash + 1;
    }
  });
  return index;
}
