import { meanInterval } from '@/lib/statistics.ts';
import { figuresOf } from '@/session/comparison.ts';
import type { RunRecord } from '@/session/store.ts';
import { niceStep } from '../panels/curves/ticks.ts';

/** Runs on the same share of the data. */
export interface CurvePoint {
  share: number;
  /** Training examples, or tokens of answers, of a run. */
  examples: number;
  accuracies: readonly number[];
  mean: number;
  low: number;
  high: number;
}

/** What a run's first epoch went through. */
export function trainedOn({ train: { columns, length } }: Pick<RunRecord, 'train'>): number {
  let sum = 0;
  for (let i = 0; i < length && columns.epoch[i]! <= 1 + 1e-6; i++) sum += columns.examples[i]!;
  return sum;
}

/** The runs of the newest learning curve, those that came to their end. */
export function curveRuns(runs: readonly RunRecord[]): readonly RunRecord[] {
  const id = runs.findLast(({ group }) => group?.kind === 'learning-curve')?.group?.id;
  return runs.filter(({ group, status }) => id !== undefined && group?.id === id && status.finish === 'completed');
}

/** Accuracy by the number of training examples, ascending; with several seeds the mean with its interval by Student's t. */
export function learningCurve(runs: readonly RunRecord[]): CurvePoint[] {
  const shares = [...new Set(runs.map(({ settings }) => settings.fewShot.share))].sort((a, b) => a - b);
  return shares.flatMap((share) => {
    const own = runs.filter(({ settings }) => settings.fewShot.share === share);
    const accuracies = own.flatMap((run) => figuresOf(run).accuracy ?? []);
    if (accuracies.length === 0) return [];
    const { mean, low, high } = meanInterval(accuracies);
    const ends = accuracies.length > 1 ? { low: Math.max(0, low), high: Math.min(1, high) } : { low: mean, high: mean };
    return [{ share, examples: trainedOn(own[0]!), accuracies, mean, ...ends }];
  });
}

/** Axes with room for all points: examples by their logarithm, accuracy on whole ticks within 0 and 1. */
export function curveAxes(points: readonly CurvePoint[]) {
  const sizes = points.map(({ examples }) => Math.max(1, examples));
  const least = Math.min(...points.flatMap(({ low, accuracies }) => [low, ...accuracies]));
  const most = Math.max(...points.flatMap(({ high, accuracies }) => [high, ...accuracies]));
  const step = niceStep(Math.max(0.02, most - least), 4);
  const from = Math.max(0, Math.floor(least / step + 1e-9));
  const to = Math.max(from + 1, Math.min(Math.ceil(1 / step), Math.ceil(most / step - 1e-9)));
  const ticks = Array.from({ length: to - from + 1 }, (_, i) => (from + i) * step).filter((tick) => tick <= 1 + 1e-9);
  return {
    across: { low: Math.min(...sizes) / 1.4, high: Math.max(...sizes) * 1.4 },
    up: { low: from * step, high: Math.max(to * step, ticks.at(-1)!), ticks },
  };
}
