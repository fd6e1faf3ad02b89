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
}

/** A logarithm has no place for 0 and nothing has one for infinity: a gap in the line. */
const drawable = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);

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
  const place = (i: number): CurveRow => ({
    step: v.step[i]!,
    epoch: v.epoch[i]!,
    seconds: v.seconds[i]!,
    ...values({ validationLoss: v.loss[i]!, validationAccuracy: v.accuracy[i]! }),
  });
  for (const i of picked) {
    const step = t.step[i]!;
    while (next < validations.length && v.step[validations[next]!]! < step) rows.push(place(validations[next++]!));
    const together = next < validations.length && v.step[validations[next]!] === step;
    rows.push({
      ...(together ? place(validations[next++]!) : {}),
      step,
      epoch: t.epoch[i]!,
      seconds: t.seconds[i]!,
      ...values({
        trainLoss: loss[i]!,
        trainLossRaw: t.loss[i]!,
        trainAccuracy: accuracy[i]!,
        trainAccuracyRaw: t.accuracy[i]!,
      }),
    });
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

const values = (all: Partial<CurveRow>): Partial<CurveRow> =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => drawable(value) !== undefined));

/** The row with a value of `key` that lies nearest to `row`, itself included. */
export function nearestWith(rows: readonly CurveRow[], row: CurveRow, key: keyof CurveRow): CurveRow | undefined {
  let nearest: CurveRow | undefined;
  for (const candidate of rows) {
    if (candidate[key] === undefined) continue;
    if (!nearest || Math.abs(candidate.step - row.step) < Math.abs(nearest.step - row.step)) nearest = candidate;
  }
  return nearest;
}

/** The last row with a value of `key`: where its line ends. */
export const lastWith = (rows: readonly CurveRow[], key: keyof CurveRow): CurveRow | undefined =>
  rows.findLast((row) => row[key] !== undefined);
