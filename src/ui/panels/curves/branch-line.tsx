import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useShallow } from 'zustand/react/shallow';
import { upTo } from '@/session/series.ts';
import type { RunRecord } from '@/session/store.ts';
import { useStudio } from '@/ui/studio-context.tsx';
import { RunMarker, runColor } from '../run-marker.tsx';
import styles from './curves.module.css';
import { type CurveRow, curveRows } from './rows.ts';

/** A run that another one began with: its curves up to the branch, in the steps of that other. */
export interface Origin {
  run: number;
  rows: readonly CurveRow[];
}

const branchOf = ({ marks }: RunRecord) => marks.find((mark) => mark.kind === 'branch');

/** The runs that lead to this one, the nearest first: a branch may be of a branch. */
function linesOf(run: RunRecord, runs: Readonly<Record<string, RunRecord>>): RunRecord[] {
  const mark = branchOf(run);
  const parent = mark && runs[mark.from.run];
  return parent ? [parent, ...linesOf(parent, runs)] : [];
}

/** The curves that lead to a run's first step; none where it began with the model, or where they were deleted. */
export function originsOf(run: RunRecord, parents: readonly RunRecord[], beta: number): Origin[] {
  const own = run.status.stepsPerEpoch || 1;
  return parents.map((parent, i) => {
    const { epoch } = branchOf(i === 0 ? run : parents[i - 1]!)!;
    // its steps may be of another size
    const last = Math.round(epoch * (parent.status.stepsPerEpoch || 1));
    const rows = curveRows(upTo(parent.train, last), upTo(parent.validation, last), beta);
    return { run: parent.number, rows: rows.map((row) => ({ ...row, step: row.epoch * own })) };
  });
}

export function useOrigins(run: RunRecord, beta: number): readonly Origin[] {
  const parents = useStudio(useShallow(({ runs }) => linesOf(run, runs)));
  return useMemo(() => originsOf(run, parents, beta), [run, parents, beta]);
}

/** Paths of an origin's two lines. */
export interface OriginPaths {
  run: number;
  train: string;
  validation: string;
}

/** Thin, in the colour of the run that it is of. */
export function OriginLine({ run, train, validation }: OriginPaths) {
  const line = { className: 'curve', fill: 'none', stroke: runColor(run), strokeLinejoin: 'round' } as const;
  return (
    <g data-origin={run}>
      <path {...line} d={train} strokeWidth={1} />
      <path {...line} d={validation} strokeWidth={1.5} strokeDasharray="7 4" />
    </g>
  );
}

/** Whose thin lines they are. */
export function OriginLegend({ origins }: { origins: readonly Origin[] }) {
  const { t } = useTranslation('chart');
  return (
    <div className={styles.legend}>
      {origins.map(({ run }) => (
        <span key={run}>
          <RunMarker run={run} size={14} />
          {t('origin', { number: run })}
        </span>
      ))}
    </div>
  );
}
