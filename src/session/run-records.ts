import type { RunPlace } from '../protocol/project.ts';
import { isOver } from '../protocol/run.ts';
import { type Curves, emptyCurves } from './series.ts';
import type { RunRecord, StudioStore } from './store.ts';

/** What is kept of a run that training does not tell: its number, and what a person says of it. */
export const placeOf = ({ number, series, name, notes, pinned, group, lesson, tested }: RunRecord): RunPlace => ({
  number,
  ...(series ? { series } : {}),
  ...(name ? { name } : {}),
  ...(notes ? { notes } : {}),
  ...(pinned ? { pinned } : {}),
  ...(group ? { group } : {}),
  ...(lesson ? { lesson } : {}),
  ...(tested === undefined ? {} : { tested }),
});

/** Whether one that is over now was not so before, or has since been judged, renamed or the like. */
export const haveEnded = (before: Runs, now: Runs): boolean =>
  Object.values(now).some((run) => isOver(run.status.phase) && before[run.id] !== run);

type Runs = Readonly<Record<string, RunRecord>>;

/** The runs that stand in the store. */
export interface RunRecords {
  /** The one that Train, Evaluate and Export show. */
  current(): RunRecord | undefined;
  /** Adds to what is known of a run; of one that is no more, nothing. */
  patch(id: string, patch: Partial<RunRecord>): void;
  /** A new run, numbered after those before; it becomes the current one. */
  add(record: Omit<RunRecord, 'number' | keyof Curves | 'samples' | 'marks'>): void;
}

export function createRunRecords({ getState, setState }: StudioStore): RunRecords {
  return {
    current() {
      const { runs, currentRun: id } = getState();
      return id ? runs[id] : undefined;
    },
    patch: (id, patch) =>
      setState(({ runs }) => (runs[id] ? { runs: { ...runs, [id]: { ...runs[id], ...patch } } } : {})),
    add: (record) =>
      setState(({ runs }) => ({
        currentRun: record.id,
        runs: {
          ...runs,
          [record.id]: {
            ...record,
            number: 1 + Math.max(0, ...Object.values(runs).map(({ number }) => number)),
            ...emptyCurves(),
            samples: [],
            marks: [],
          },
        },
      })),
  };
}
