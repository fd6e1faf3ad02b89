import { downsample, type Series, smooth } from '@/session/series.ts';

/** What runs along the charts. */
export const X_AXES = ['epoch', 'step', 'seconds'] as const;
export type XAxisName = (typeof X_AXES)[number];

/** Points that are drawn of a line, however long the run is. */
export const DRAWN_POINTS = 500;

/** One place on the shared horizontal axis: a training step, a validation, or both. */
export interface CurveRow {
  step: number;
  epoch: number;
  seconds: number;
  trainLoss?: number;
  trainLossRaw?: number;
  trainAccuracy?: number;
  trainAccuracyRaw?: number;
  validationLoss?: number;
  validationAccuracy?: number;
  /** Of the task that the model knew before. */
  oldAccuracy?: number;
}

/**
 * The rows that both charts draw, in the order of their steps: at most `limit` training points (picked by the raw loss,
 * so that its spikes stay) and at most `limit` validations. Both charts share them, so that one crosshair serves both.
 */
export function curveRows(train: Series, validation: Series, beta: number, limit: number = DRAWN_POINTS): CurveRow[] {
  const t = columnsOf(train);
  const v = columnsOf(validation);
  const loss = smooth(t.loss, beta);
  const accuracy = smooth(t.accuracy, beta);
  const picked = downsample(t.loss, limit);
  const rows: CurveRow[] = [];
  let next = 0;
  const validations = downsample(v.loss, limit);
  const place = (i: number): CurveRow => {
    const row: CurveRow = { step: v.step[i]!, epoch: v.epoch[i]!, seconds: v.seconds[i]! };
    set(row, 'validationLoss', v.loss[i]!);
    set(row, 'validationAccuracy', v.accuracy[i]!);
    return row;
  };
  for (const i of picked) {
    const step = t.step[i]!;
    while (next < validations.length && v.step[validations[next]!]! < step) rows.push(place(validations[next++]!));
    const together = next < validations.length && v.step[validations[next]!] === step;
    const row: CurveRow = together ? place(validations[next++]!) : { step, epoch: t.epoch[i]!, seconds: t.seconds[i]! };
    set(row, 'trainLoss', loss[i]!);
    set(row, 'trainLossRaw', t.loss[i]!);
    set(row, 'trainAccuracy', accuracy[i]!);
    set(row, 'trainAccuracyRaw', t.accuracy[i]!);
    rows.push(row);
  }
  while (next < validations.length) rows.push(place(validations[next++]!));
  return rows;
}

function columnsOf({ columns, length }: Series) {
  const cut = (name: keyof Series['columns']) => columns[name].subarray(0, length);
  return {
    step: cut('step'),
    epoch: cut('epoch'),
    seconds: cut('seconds'),
    loss: cut('loss'),
    accuracy: cut('accuracy'),
  };
}

/** The rows with the points of the old task, which is looked at when the run is validated. */
export function withOld(rows: readonly CurveRow[], old: Series, limit: number = DRAWN_POINTS): CurveRow[] {
  if (old.length === 0) return [...rows];
  const o = columnsOf(old);
  const byStep = new Map(
    downsample(o.accuracy, limit).map((i) => [
      o.step[i]!,
      { step: o.step[i]!, epoch: o.epoch[i]!, seconds: o.seconds[i]!, oldAccuracy: o.accuracy[i]! },
    ]),
  );
  const joined = rows.map((row) => {
    const own = byStep.get(row.step);
    byStep.delete(row.step);
    return own ? { ...row, oldAccuracy: own.oldAccuracy } : row;
  });
  return byStep.size === 0 ? joined : [...joined, ...byStep.values()].sort((a, b) => a.step - b.step);
}

/** A value that is no number is a gap in its line. */
function set(row: CurveRow, key: Exclude<keyof CurveRow, XAxisName>, value: number): void {
  if (Number.isFinite(value)) row[key] = value;
}

/** A place on the horizontal axis, in its unit. */
export interface CrosshairStop {
  x: number;
}
const FEWEST_STOPS = 200;

/** Where a crosshair may stand: evenly from 0 to `end`, on every whole epoch where there is room for them all. */
export function crosshairStops(end: number, epochs: number): CrosshairStop[] {
  const whole = Number.isInteger(epochs) && epochs > 0 && epochs <= 2 * FEWEST_STOPS;
  const count = whole ? epochs * Math.ceil(FEWEST_STOPS / epochs) : FEWEST_STOPS;
  return Array.from({ length: count + 1 }, (_, i) => ({ x: (i * end) / count }));
}

/** The row with a value of `key` that lies nearest to `x` on the axis. */
export function nearestWith(
  rows: readonly CurveRow[],
  axis: XAxisName,
  x: number,
  key: keyof CurveRow,
): CurveRow | undefined {
  let nearest: CurveRow | undefined;
  for (const row of rows) {
    if (row[key] === undefined) continue;
    if (!nearest || Math.abs(row[axis] - x) < Math.abs(nearest[axis] - x)) nearest = row;
  }
  return nearest;
}

/** The last row with a value of `key`: where its line ends. */
export const lastWith = (rows: readonly CurveRow[], key: keyof CurveRow): CurveRow | undefined =>
  rows.findLast((row) => row[key] !== undefined);
