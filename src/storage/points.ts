import { CURVES, type StepMetrics } from '../protocol/run.ts';
import type { PointsRecord } from './records.ts';

const COLUMNS = ['step', 'epoch', 'seconds', 'loss', 'accuracy', 'examples', 'learningRate', 'penalty'] as const;

/** Points as columns: a tenth of what objects take, and written as they are. */
export const toColumns = (points: readonly StepMetrics[]): Pick<PointsRecord, 'split' | 'columns'> => ({
  split: Uint8Array.from(points, ({ split }) => CURVES.indexOf(split)),
  columns: Object.fromEntries(
    COLUMNS.map((name) => [name, Float64Array.from(points, (point) => point[name] ?? Number.NaN)]),
  ),
});

/** The points of one piece of a run's curves. */
export const toPoints = ({ run, split, columns }: PointsRecord): StepMetrics[] =>
  Array.from(split, (place, i) => {
    // an earlier version kept fewer columns
    const [step, epoch, seconds, loss, accuracy, examples, learningRate, penalty] = COLUMNS.map(
      (name) => columns[name]?.[i] ?? Number.NaN,
    );
    const point = { run, split: CURVES[place]!, step: step!, epoch: epoch!, seconds: seconds!, loss: loss! };
    return {
      ...point,
      accuracy: accuracy!,
      examples: examples!,
      ...(Number.isNaN(learningRate) ? {} : { learningRate: learningRate! }),
      ...(Number.isNaN(penalty) ? {} : { penalty: penalty! }),
    };
  });
