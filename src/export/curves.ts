import type { StepMetrics } from '../protocol/run.ts';

const COLUMNS = [
  ['split', (point) => point.split],
  ['step', (point) => point.step],
  ['epoch', (point) => point.epoch],
  ['seconds', (point) => point.seconds],
  ['loss', (point) => point.loss],
  ['accuracy', (point) => point.accuracy],
  ['examples', (point) => point.examples],
  ['learning_rate', (point) => point.learningRate],
  ['penalty', (point) => point.penalty],
] as const satisfies readonly (readonly [string, (point: StepMetrics) => string | number | undefined])[];

/** One row a point (RFC 4180, no cell needs quotes); a cell is empty where the point has no such value. */
export const curvesCsv = (history: readonly StepMetrics[]): string =>
  [COLUMNS.map(([name]) => name), ...history.map((point) => COLUMNS.map(([, of]) => of(point) ?? ''))]
    .map((row) => `${row.join(',')}\n`)
    .join('');

/** The same rows as objects. A loss that is no number any more is `null`, as JSON has no other word for it. */
export const curvesRows = (history: readonly StepMetrics[]): Record<string, string | number | undefined>[] =>
  history.map((point) => Object.fromEntries(COLUMNS.map(([name, of]) => [name, of(point)])));
