import { CURVES, type CurveId, type StepMetrics } from '../protocol/run.ts';

const COLUMNS = ['step', 'epoch', 'seconds', 'loss', 'accuracy', 'examples', 'learningRate', 'penalty'] as const;
export type Column = (typeof COLUMNS)[number];

/** One curve's points, a column an array, in the order of their steps. Grows by doubling. */
export interface Series {
  length: number;
  columns: Record<Column, Float64Array>;
}

export const emptySeries = (): Series => ({
  length: 0,
  columns: Object.fromEntries(COLUMNS.map((name) => [name, new Float64Array(64)])) as Series['columns'],
});

/** Adds points in place and gives back a new outer object, so that a selector sees the change. */
export function append(series: Series, points: readonly StepMetrics[]): Series {
  const { columns, length } = series;
  const needed = length + points.length;
  for (const name of COLUMNS) {
    if (columns[name].length < needed) {
      const grown = new Float64Array(Math.max(needed, columns[name].length * 2));
      grown.set(columns[name].subarray(0, length));
      columns[name] = grown;
    }
    points.forEach((point, i) => {
      columns[name][length + i] = point[name] ?? Number.NaN;
    });
  }
  return { length: needed, columns };
}

/** A run's curves. */
export type Curves = Record<CurveId, Series>;

export const emptyCurves = (): Curves => ({ train: emptySeries(), validation: emptySeries(), old: emptySeries() });

/** Adds each point to its curve; those without a new point stay the same object. */
export function plot(curves: Curves, points: readonly StepMetrics[]): Curves {
  const next = { train: curves.train, validation: curves.validation, old: curves.old };
  for (const curve of CURVES) {
    const own = points.filter(({ split }) => split === curve);
    if (own.length > 0) next[curve] = append(next[curve], own);
  }
  return next;
}

/** The points of all curves, for the export. */
export const pointsOf = (curves: Curves, run: string): StepMetrics[] =>
  CURVES.flatMap((curve) => toPoints(curves[curve], run, curve));

/** The points up to a step, that one included: what a run that goes on from there keeps. */
export function upTo(series: Series, step: number): Series {
  const steps = series.columns.step.subarray(0, series.length);
  const past = steps.findIndex((each) => each > step);
  return past < 0 ? series : { ...series, length: past };
}

export const curvesUpTo = ({ train, validation, old }: Curves, step: number): Curves => ({
  train: upTo(train, step),
  validation: upTo(validation, step),
  old: upTo(old, step),
});

/**
 * Exponential moving average without the pull towards zero at its start: m_t / (1 - beta^t)
 * (Kingma and Ba 2015, section 3). `beta` 0 gives the values back.
 */
export function smooth(values: ArrayLike<number>, beta: number): Float64Array {
  const out = new Float64Array(values.length);
  let mean = 0;
  let weight = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isFinite(value)) {
      mean = beta * mean + (1 - beta) * value;
      weight = beta * weight + (1 - beta);
    }
    out[i] = weight > 0 ? mean / weight : Number.NaN;
  }
  return out;
}

/**
 * Indices of at most `limit` points that keep the curve's shape: first and last, and each bucket's smallest and
 * largest value in between.
 */
export function downsample(values: ArrayLike<number>, limit: number): number[] {
  const count = values.length;
  if (count <= limit) return Array.from({ length: count }, (_, i) => i);
  const buckets = Math.floor((limit - 2) / 2);
  const picked = [0];
  for (let b = 0; b < buckets; b++) {
    const from = 1 + Math.floor((b * (count - 2)) / buckets);
    const to = 1 + Math.floor(((b + 1) * (count - 2)) / buckets);
    let low = from;
    let high = from;
    for (let i = from; i < to; i++) {
      // negated, so that anything replaces a NaN and a NaN replaces nothing
      if (!(values[i]! >= values[low]!) && !Number.isNaN(values[i])) low = i;
      if (!(values[i]! <= values[high]!) && !Number.isNaN(values[i])) high = i;
    }
    picked.push(Math.min(low, high));
    if (low !== high) picked.push(Math.max(low, high));
  }
  picked.push(count - 1);
  return picked;
}

/** The newest value of a column; undefined before the first point. */
export const latest = (series: Series, column: Column): number | undefined =>
  series.length > 0 ? series.columns[column][series.length - 1] : undefined;

/** Place of a column's smallest (`min`) or largest value, the first of equals; -1 without a number. */
export function extreme(series: Series, column: Column, direction: 'min' | 'max'): number {
  const values = series.columns[column];
  let best = -1;
  for (let i = 0; i < series.length; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) continue;
    if (best < 0 || (direction === 'min' ? value < values[best]! : value > values[best]!)) best = i;
  }
  return best;
}

/** The points of one curve. */
export function toPoints(series: Series, run: string, split: CurveId): StepMetrics[] {
  const { columns } = series;
  return Array.from({ length: series.length }, (_, i) => ({
    run,
    split,
    step: columns.step[i]!,
    epoch: columns.epoch[i]!,
    seconds: columns.seconds[i]!,
    loss: columns.loss[i]!,
    accuracy: columns.accuracy[i]!,
    examples: columns.examples[i]!,
    ...(Number.isNaN(columns.learningRate[i]!) ? {} : { learningRate: columns.learningRate[i]! }),
    ...(Number.isNaN(columns.penalty[i]!) ? {} : { penalty: columns.penalty[i]! }),
  }));
}
