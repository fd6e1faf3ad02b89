import type { RangeTest } from '../protocol/run.ts';

/** Learning rates from the least to the greatest, evenly on a log scale. */
export const RANGE = { from: 1e-7, to: 1, steps: 100 } as const;
export const rangeRate = (step: number): number => RANGE.from * (RANGE.to / RANGE.from) ** (step / (RANGE.steps - 1));

/** Weight of what came before in the moving average of the losses. */
const BETA = 0.85;
/** A loss of so many times the best is no longer worth following. */
const WORST = 4;
/** A fall of less than this share is noise. */
const LEAST_FALL = 0.03;
/** Points either side of one over which its slope is taken. */
const REACH = 3;

/** Losses as they come, smoothed; says when to stop. */
export class RangeCurve {
  readonly points: { learningRate: number; loss: number }[] = [];
  private mean = 0;
  private best = Number.POSITIVE_INFINITY;

  /** False where it is of no use to go on: the loss is far above its best, or no number. */
  add(learningRate: number, loss: number): boolean {
    if (!Number.isFinite(loss)) return false;
    this.mean = BETA * this.mean + (1 - BETA) * loss;
    // debiased, as the mean began at 0
    const smooth = this.mean / (1 - BETA ** (this.points.length + 1));
    this.points.push({ learningRate, loss: smooth });
    this.best = Math.min(this.best, smooth);
    return smooth <= WORST * this.best;
  }

  get result(): RangeTest {
    return { points: this.points, suggestion: suggestRate(this.points) };
  }
}

/**
 * The learning rate at which the loss falls most steeply (Smith 2017, section 3.3), before it is at its least; undefined
 * where it never fell.
 */
export function suggestRate(points: RangeTest['points']): number | undefined {
  const losses = points.map(({ loss }) => loss);
  const least = losses.indexOf(Math.min(...losses));
  if (points.length <= 2 * REACH || losses[least]! > (1 - LEAST_FALL) * losses[0]!) return undefined;
  let steepest = 0;
  let at: number | undefined;
  for (let i = REACH; i <= Math.min(least, points.length - 1 - REACH); i++) {
    const slope = losses[i + REACH]! - losses[i - REACH]!;
    if (slope >= steepest) continue;
    steepest = slope;
    at = i;
  }
  return at === undefined ? undefined : points[at]!.learningRate;
}
