import { createContext, useContext } from 'react';
import type { Overfitting } from '@/lib/overfitting.ts';
import type { Series } from '@/session/series.ts';
import type { Origin } from './branch-line.tsx';
import type { Extent } from './extent.ts';
import type { CurveRow, XAxisName } from './rows.ts';

export type Metric = 'loss' | 'accuracy';
export type LineKey = Exclude<keyof CurveRow, XAxisName>;

/** The columns of a metric's lines. The old task has its own loss, which cannot stand beside the new one's. */
export const KEYS = {
  loss: { train: 'trainLoss', raw: 'trainLossRaw', validation: 'validationLoss', old: undefined },
  accuracy: {
    train: 'trainAccuracy',
    raw: 'trainAccuracyRaw',
    validation: 'validationAccuracy',
    old: 'oldAccuracy',
  },
} as const satisfies Record<
  Metric,
  Record<'train' | 'raw' | 'validation', LineKey> & Record<'old', LineKey | undefined>
>;

/** A mark on the horizontal axis. */
export interface PlacedMark {
  x: number;
  /** From 1, as the log has it. */
  number: number;
  short: string;
  /** Where early stopping would have ended the run; all else was asked for. */
  stopping: boolean;
}

/** What changes in a chart with every step. Its frame does not take it, and so is not drawn anew. */
export interface CurveView {
  metric: Metric;
  run: number;
  rows: readonly CurveRow[];
  axis: XAxisName;
  extent: Extent;
  /** What was done to the run, in the order in which it was. */
  marks: readonly PlacedMark[];
  /** Curves of the runs that it began with, up to where it did, the nearest first. */
  origins: readonly Origin[];
  /** The validation of the run on the other side of a comparison with a twin, and its number. */
  twin: { run: number; validation: Series } | undefined;
  /** Since when the run learns its examples by heart, where it does. */
  gap: Overfitting | undefined;
  /** What the old task's line is called, where there is one. */
  old: string | undefined;
  /** Whether the line of every single step is drawn behind the smoothed one. */
  raw: boolean;
  /** Whether there is room for words at the line ends. */
  wide: boolean;
}

export const CurveViewContext = createContext<CurveView | null>(null);

export function useCurveView(): CurveView {
  const view = useContext(CurveViewContext);
  if (!view) throw new Error('useCurveView outside of a curve chart');
  return view;
}
