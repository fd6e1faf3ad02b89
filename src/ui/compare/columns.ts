import type { OptionValue } from '@/protocol/options.ts';
import type { FigureId, RunFigures } from '@/session/comparison.ts';
import { contrasted, FIGURES, figuresOf, LESS_IS_BETTER, settingOf, settingValues } from '@/session/comparison.ts';
import type { RunRecord } from '@/session/store.ts';

/** A run with its figures, worked out once. */
export interface Row {
  run: RunRecord;
  figures: RunFigures;
}

export const rowsOf = (runs: readonly RunRecord[]): Row[] => runs.map((run) => ({ run, figures: figuresOf(run) }));

/** What settings the table has: those that differ, or all. */
export function settingNames(runs: readonly RunRecord[], all: boolean): string[] {
  return all ? [...new Set(runs.flatMap(({ settings }) => Object.keys(settingValues(settings))))] : contrasted(runs);
}

/** The figures that the table has: the old task where one was looked at. */
export const figureNames = (rows: readonly Row[]): readonly FigureId[] =>
  FIGURES.filter((id) => id !== 'old' || rows.some(({ figures }) => figures.old !== undefined));

/** The best value of each figure among the runs; nothing where all are the same. */
export function bestOf(rows: readonly Row[]): Partial<Record<FigureId, number>> {
  return Object.fromEntries(
    FIGURES.flatMap((id) => {
      const values = rows.flatMap(({ figures }) => figures[id] ?? []);
      if (new Set(values).size < 2) return [];
      return [[id, LESS_IS_BETTER[id] ? Math.min(...values) : Math.max(...values)]];
    }),
  );
}

export interface Order {
  /** `number`, a figure, or a setting by its name. */
  by: string;
  down: boolean;
}

const isFigure = (name: string): name is FigureId => (FIGURES as readonly string[]).includes(name);
// a setting may be called as a figure is: `epochs`
export const SETTING = 'setting.';

function orderedBy({ run, figures }: Row, by: string): OptionValue | undefined {
  if (by === 'number') return run.number;
  if (isFigure(by)) return figures[by];
  return settingOf(run.settings, by.slice(SETTING.length));
}

/** Rows in an order; what has no value comes last, whichever way. */
export function sorted(rows: readonly Row[], { by, down }: Order): Row[] {
  const sign = down ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [x, y] = [orderedBy(a, by), orderedBy(b, by)];
    if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined);
    if (typeof x === 'number' && typeof y === 'number') return sign * (x - y);
    return sign * String(x).localeCompare(String(y), undefined, { numeric: true });
  });
}
