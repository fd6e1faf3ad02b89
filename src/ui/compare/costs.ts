import { meanInterval, wilsonInterval } from '@/lib/statistics.ts';
import { alike, figuresOf } from '@/session/comparison.ts';
import type { RunRecord } from '@/session/store.ts';

export const COSTS = ['trainable', 'seconds', 'bytes'] as const;
export type Cost = (typeof COSTS)[number];

/** Runs that tried the same, as one point: what they came to and what that cost. */
export interface CostPoint {
  /** The first of them gives colour and name. */
  run: RunRecord;
  /** Runs that it is a mean over. */
  seeds: number;
  accuracy: number;
  low: number;
  high: number;
  costs: Record<Cost, number>;
}

/**
 * One point for all runs with the same settings but their seed: with several the mean with its interval by Student's t,
 * with one its share with Wilson's. Those that have not been judged have none.
 */
export function costPoints(runs: readonly RunRecord[]): CostPoint[] {
  return alike(runs).flatMap((group) => {
    const judged = group.flatMap((run) => {
      const figures = figuresOf(run);
      return figures.accuracy === undefined ? [] : [{ run, ...figures, accuracy: figures.accuracy }];
    });
    const [first] = judged;
    if (!first) return [];
    const mean = (cost: Cost) => judged.reduce((sum, figures) => sum + figures[cost], 0) / judged.length;
    const costs = { trainable: mean('trainable'), seconds: mean('seconds'), bytes: mean('bytes') };
    const point = { run: first.run, seeds: judged.length, costs };
    if (judged.length === 1) {
      const { accuracy, examples } = first;
      return [{ ...point, accuracy, ...wilsonInterval(Math.round(accuracy * examples), examples) }];
    }
    const { mean: accuracy, low, high } = meanInterval(judged.map((figures) => figures.accuracy));
    // shares end at 0 and 1, where the interval of a mean does not know it
    return [{ ...point, accuracy, low: Math.max(0, low), high: Math.min(1, high) }];
  });
}

/** A logarithmic axis with room at both ends; what costs nothing stands at 1. */
export function costDomain(points: readonly CostPoint[], cost: Cost): { low: number; high: number } {
  const values = points.map(({ costs }) => Math.max(1e-3, costs[cost]));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return values.length > 0 ? { low: low / 2, high: high * 2 } : { low: 1, high: 10 };
}
