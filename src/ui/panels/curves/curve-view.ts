import { createContext, useContext } from 'react';
import type { Extent } from './extent.ts';
import type { CurveRow, XAxisName } from './rows.ts';

export type Metric = 'loss' | 'accuracy';
export type LineKey = Exclude<keyof CurveRow, XAxisName>;

/** The columns of a metric's three lines. */
export const KEYS = {
  loss: { train: 'trainLoss', raw: 'trainLossRaw', validation: 'validationLoss' },
  accuracy: { train: 'trainAccuracy', raw: 'trainAccuracyRaw', validation: 'validationAccuracy' },
} as const satisfies Record<Metric, Record<'train' | 'raw' | 'validation', LineKey>>;

/** A mark on the horizontal axis. */
export interface PlacedMark {
  x: number;
  /** From 1, as the log has it. */
  number: number;
  short: string;
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
