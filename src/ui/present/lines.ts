import type { CurveId } from '@/protocol/run.ts';
import { smooth } from '@/session/series.ts';
import type { RunRecord } from '@/session/store.ts';
import type { Line } from '../compare/lines.ts';
import { runColor, runInk } from '../panels/run-marker.tsx';

/** A line of the large chart. */
export interface BigLine extends Line {
  id: string;
  run: RunRecord;
  curve: CurveId;
  color: string;
  /** The same for words, where the colour is too pale for them. */
  ink: string;
  dash: string | undefined;
  /** Its last value. */
  value: number;
  first: number;
}

/** Training wavers from batch to batch: its line is smoothed. */
const BETA = 0.6;

/** Dashes tell the curves of a run apart: training solid, validation dashed, the old task dotted where it has the run's colour. */
const DASHES: Record<CurveId, string | undefined> = { train: undefined, validation: '16 9', old: undefined };

/** The curves of these runs that have points, without what is no number. */
export function bigLines(
  runs: readonly RunRecord[],
  metric: 'loss' | 'accuracy',
  curves: readonly CurveId[],
): BigLine[] {
  return runs.flatMap((run) =>
    curves.flatMap((curve) => {
      const { columns, length } = run[curve];
      const own = columns[metric].subarray(0, length);
      const values = curve === 'train' ? smooth(own, BETA) : own;
      const kept = Array.from(values.keys()).filter((i) => Number.isFinite(values[i]!));
      if (kept.length === 0) return [];
      const old = curve === 'old' && runs.length === 1;
      return {
        id: `${run.id}/${curve}`,
        run,
        curve,
        color: old ? 'var(--old)' : runColor(run.number),
        ink: old ? 'var(--old)' : runInk(run.number),
        // side by side each run has one line, and its shape
        dash: runs.length > 1 && curves.length === 1 ? undefined : DASHES[curve],
        x: Float64Array.from(kept, (i) => columns.epoch[i]!),
        y: Float64Array.from(kept, (i) => values[i]!),
        value: values[kept.at(-1)!]!,
        first: values[kept[0]!]!,
      };
    }),
  );
}
