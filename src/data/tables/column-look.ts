import type { TextTable } from './table.ts';

/** What is in a column, as far as it tells what the column is for. */
export interface ColumnLook {
  name: string;
  /** Cells that were looked at, empty ones left out. */
  sample: readonly string[];
  /** Mean characters of a cell. */
  length: number;
  /** Different values. */
  distinct: number;
  empty: boolean;
  /** Whether a few short values repeat. */
  labels: boolean;
  /** Whether long ones stand in it that hardly repeat. */
  texts: boolean;
}

/** Cells looked at, spread over the table: sorted ones begin with a single class. */
const SAMPLE = 2000;
const MOST_LABELS = 100;
const LONGEST_LABEL = 40;

/** Cells of the column in all tables, a sample of them. */
export function cellsOf(tables: readonly TextTable[], name: string): string[] {
  const of = tables.flatMap(({ columns, cells }) => {
    const column = columns.indexOf(name);
    return column < 0 ? [] : [cells[column]!];
  });
  const total = of.reduce((sum, { length }) => sum + length, 0);
  const step = Math.max(1, Math.floor(total / SAMPLE));
  return of.flatMap((cells) => cells.filter((_, i) => i % step === 0));
}

export function lookAt(name: string, cells: readonly string[]): ColumnLook {
  const sample = cells.filter((cell) => cell.trim() !== '');
  const distinct = new Set(sample).size;
  const length = sample.reduce((sum, cell) => sum + cell.length, 0) / (sample.length || 1);
  const short = sample.every((cell) => cell.length <= LONGEST_LABEL);
  return {
    name,
    sample,
    length,
    distinct,
    empty: sample.length === 0,
    labels: short && distinct > 1 && distinct <= MOST_LABELS && distinct * 2 <= sample.length,
    texts: length > LONGEST_LABEL / 2 && distinct > sample.length / 2,
  };
}
