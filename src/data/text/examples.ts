import { type GroupColumn, NONE, type Split } from '../../protocol/dataset.ts';
import { type Problem, ProblemError, warning } from '../../protocol/problems.ts';
import { type ColumnRole, LAYOUTS, type TextMapping } from '../../protocol/text.ts';
import { briefly } from '../briefly.ts';
import { classNames } from '../classes.ts';
import { splitNamed } from '../readers/columns.ts';
import type { TextTable } from '../tables/table.ts';
import { exampleOf, type TextExample } from './messages.ts';

/** More classes than this are no classes: the wrong column was taken for the label. */
export const MOST_CLASSES = 1000;
/** A column with more values tells texts apart, not groups of them. */
const MOST_VALUES = 50;

/** Where the examples lie in the tables, one entry by example. */
export interface FoundTexts {
  tableOf: Uint16Array;
  /** Place among the table's rows. */
  places: Uint32Array;
  /** Undefined where a row has none. */
  labels: (string | undefined)[];
  given: (Split | undefined)[];
  groups: GroupColumn[];
  problems: Problem[];
}

/** Cells of a table by role; '' where it has no such column. */
export function cellsOf(table: TextTable, { columns }: TextMapping): (role: ColumnRole, place: number) => string {
  const places = new Map(
    Object.entries(columns).map(([role, name]) => [role, table.columns.indexOf(name as string)] as const),
  );
  return (role, place) => table.cells[places.get(role) ?? -1]?.[place] ?? '';
}

/**
 * The rows that are examples. A row without a label is one, unsorted; one whose answer is empty or whose conversation
 * cannot be read is told and left out. Throws `labels-too-many` where the label column has over 1,000 values, and
 * `column-missing` where no table has a column that the layout needs.
 */
export function findTexts(tables: readonly TextTable[], mapping: TextMapping): FoundTexts {
  const { layout, columns } = mapping;
  for (const role of LAYOUTS[layout].required) {
    const name = columns[role];
    if (!name || !tables.some((table) => table.columns.includes(name)))
      throw new ProblemError('column-missing', { role, column: name ?? '', file: tables[0]?.file ?? '' });
  }
  const problems: Problem[] = [];
  const tableOf: number[] = [];
  const places: number[] = [];
  const labels: (string | undefined)[] = [];
  const given: (Split | undefined)[] = [];
  tables.forEach((table, t) => {
    const cell = cellsOf(table, mapping);
    for (let place = 0; place < table.rows.length; place++) {
      const at = { file: table.file, row: table.rows[place]! };
      const example = exampleOf(layout, (role) => cell(role, place));
      const wrong = unusable(example, mapping);
      if (wrong) {
        problems.push(warning(wrong.code, { ...at, column: wrong.column }));
        continue;
      }
      const label = cell('label', place).trim();
      const split = cell('split', place).trim();
      const named = split ? splitNamed(split) : undefined;
      if (split && !named)
        problems.push(warning('csv-split-unknown', { ...at, column: columns.split ?? '', value: split }));
      tableOf.push(t);
      places.push(place);
      labels.push(LAYOUTS[layout].task === 'text-generation' ? '' : label || undefined);
      given.push(named ?? table.split);
    }
  });
  const distinct = new Set(labels).size;
  if (distinct > MOST_CLASSES)
    throw new ProblemError('labels-too-many', { column: columns.label ?? '', count: distinct, most: MOST_CLASSES });
  const found = { tableOf: Uint16Array.from(tableOf), places: Uint32Array.from(places) };
  return { ...found, labels, given, groups: groupsOf(tables, mapping, found), problems: briefly(problems) };
}

function unusable(
  example: TextExample | undefined,
  { columns }: TextMapping,
): { code: 'conversation-unreadable' | 'answer-missing'; column: string } | undefined {
  if (!example) return { code: 'conversation-unreadable', column: columns.messages ?? '' };
  if ('text' in example) return undefined;
  if (example.messages.some(({ role, content }) => role === 'assistant' && content.trim() !== '')) return undefined;
  const column = columns.completion ?? columns.output ?? columns.messages ?? columns.text ?? '';
  return { code: 'answer-missing', column };
}

/** Columns that play no role and have 2 to 50 different values, not another one in every row. */
function groupsOf(
  tables: readonly TextTable[],
  { columns }: TextMapping,
  { tableOf, places }: Pick<FoundTexts, 'tableOf' | 'places'>,
): GroupColumn[] {
  const taken = new Set(Object.values(columns));
  const names = [...new Set(tables.flatMap((table) => table.columns))].filter((name) => !taken.has(name));
  return names.flatMap((name) => {
    const at = tables.map((table) => table.columns.indexOf(name));
    const cells = Array.from(tableOf, (t, id) => tables[t]!.cells[at[t]!]?.[places[id]!] ?? '');
    const filled = cells.filter(Boolean);
    const distinct = new Set(filled);
    if (distinct.size < 2 || distinct.size > MOST_VALUES || distinct.size === filled.length) return [];
    const values = classNames([...distinct]);
    const of = new Map(values.map((value, i) => [value, i]));
    return [{ name, values, of: Int32Array.from(cells, (cell) => of.get(cell) ?? NONE) }];
  });
}
