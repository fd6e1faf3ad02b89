import { Turns } from '../../lib/turns.ts';
import { type GroupColumn, NONE, type Split } from '../../protocol/dataset.ts';
import { type Problem, ProblemError, warning } from '../../protocol/problems.ts';
import { type ColumnRole, LAYOUTS, type TextMapping } from '../../protocol/text.ts';
import { briefly } from '../briefly.ts';
import { classNames } from '../classes.ts';
import { splitNamed } from '../readers/columns.ts';
import type { TextTable } from '../tables/table.ts';
import { exampleOf, type TextExample, wholeText } from './messages.ts';

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
  /** Characters. */
  lengths: Uint32Array;
  groups: GroupColumn[];
  problems: Problem[];
}

/** Reads one cell of a row by its role; '' where the table has no such column. */
export type CellOf = (role: ColumnRole, place: number) => string;

export function cellsOf(table: TextTable, { columns }: TextMapping): CellOf {
  const cells = new Map(
    Object.entries(columns).map(([role, name]) => [role, table.cells[table.columns.indexOf(name as string)]] as const),
  );
  return (role, place) => cells.get(role)?.[place] ?? '';
}

/** The role whose column a table lacks, of those that the layout needs. */
const lacking = (table: TextTable, { layout, columns }: TextMapping): ColumnRole | undefined =>
  LAYOUTS[layout].required.find((role) => !table.columns.includes(columns[role] ?? ''));

/**
 * The rows that are examples; lets messages run while it looks. A row without a label is one, unsorted; one whose answer is
 * empty or whose conversation cannot be read is told and left out, as is a table without a column that the layout needs.
 * Throws `column-missing` where no table has them all, and `labels-too-many` where the label column has over 1,000 values.
 */
export async function findTexts(tables: readonly TextTable[], mapping: TextMapping): Promise<FoundTexts> {
  const { layout, columns } = mapping;
  const task = LAYOUTS[layout].task;
  const missing = tables.map((table) => lacking(table, mapping));
  if (!missing.includes(undefined)) throw columnMissing(tables, mapping, missing);
  const turns = new Turns();
  const problems: Problem[] = [];
  const tableOf: number[] = [];
  const places: number[] = [];
  const labels: (string | undefined)[] = [];
  const given: (Split | undefined)[] = [];
  const lengths: number[] = [];
  for (const [t, table] of tables.entries()) {
    const { file, rows } = table;
    const role = missing[t];
    if (role) {
      if (rows.length) problems.push(warning('column-missing', { role, column: columns[role] ?? '', file }));
      continue;
    }
    const cell = cellsOf(table, mapping);
    for (let place = 0; place < rows.length; place++) {
      if (place % 256 === 0) await turns.next();
      const at = () => ({ file, row: rows[place]! });
      const example = exampleOf(layout, (role) => cell(role, place));
      const wrong = unusable(example, mapping);
      if (wrong) problems.push(warning(wrong.code, { ...at(), column: wrong.column }));
      if (wrong || !example) continue;
      const label = cell('label', place).trim();
      const split = cell('split', place).trim();
      const named = split ? splitNamed(split) : undefined;
      if (split && !named)
        problems.push(warning('csv-split-unknown', { ...at(), column: columns.split ?? '', value: split }));
      tableOf.push(t);
      places.push(place);
      labels.push(task === 'text-generation' ? '' : label || undefined);
      given.push(named ?? table.split);
      lengths.push(wholeText(example).length);
    }
  }
  const distinct = new Set(labels.filter((label) => label !== undefined)).size;
  if (distinct > MOST_CLASSES)
    throw new ProblemError('labels-too-many', { column: columns.label ?? '', count: distinct, most: MOST_CLASSES });
  const found = { tableOf: Uint16Array.from(tableOf), places: Uint32Array.from(places) };
  return {
    ...found,
    labels,
    given,
    lengths: Uint32Array.from(lengths),
    groups: groupsOf(tables, mapping, found),
    problems: briefly(problems),
  };
}

function columnMissing(
  tables: readonly TextTable[],
  { layout, columns }: TextMapping,
  missing: readonly (ColumnRole | undefined)[],
): ProblemError {
  const filled = Math.max(
    0,
    tables.findIndex(({ rows }) => rows.length > 0),
  );
  const role = missing[filled] ?? LAYOUTS[layout].required[0];
  return new ProblemError('column-missing', { role, column: columns[role] ?? '', file: tables[filled]?.file ?? '' });
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
export function groupsOf(
  tables: readonly TextTable[],
  { columns }: TextMapping,
  { tableOf, places: placeOf }: Pick<FoundTexts, 'tableOf' | 'places'>,
): GroupColumn[] {
  const taken = new Set(Object.values(columns));
  const names = [...new Set(tables.flatMap((table) => table.columns))].filter((name) => !taken.has(name));
  return names.flatMap((name) => {
    const cells = tables.map((table) => table.cells[table.columns.indexOf(name)]);
    const cell = (id: number) => cells[tableOf[id]!]?.[placeOf[id]!] ?? '';
    const distinct = new Set<string>();
    let filled = 0;
    for (let id = 0; id < tableOf.length && distinct.size <= MOST_VALUES; id++) {
      if (!cell(id)) continue;
      distinct.add(cell(id));
      filled++;
    }
    if (distinct.size < 2 || distinct.size > MOST_VALUES || distinct.size === filled) return [];
    const values = classNames([...distinct]);
    const places = new Map(values.map((value, i) => [value, i]));
    return [{ name, values, of: Int32Array.from(tableOf, (_, id) => places.get(cell(id)) ?? NONE) }];
  });
}
