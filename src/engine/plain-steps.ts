import { groupsOf } from '../data/batches.ts';
import { sum } from '../lib/arrays.ts';
import { quickerHalf } from '../protocol/step-profile.ts';

/** A step that was timed by the clock alone, in milliseconds; `until` is when it was through. */
export interface PlainStep {
  batchMs: number;
  javascriptMs: number;
  until: number;
}

/** Steps that follow on each other, with as many on their way as always. */
export interface Stretch {
  from: number;
  steps: PlainStep[];
}

/** Steps looked at together: figures come back in bursts. */
const WINDOW = 5;

/**
 * Milliseconds of a step: means of the quicker half of all windows. What else the machine does makes a step longer, never
 * shorter.
 */
export function plainMean(stretches: readonly Stretch[]): { stepMs: number; batchMs: number; javascriptMs: number } {
  const windows = stretches.flatMap(({ from, steps }) => {
    let before = from;
    return [...groupsOf(steps, WINDOW)].map((group) => {
      const { until } = group.at(-1)!;
      const window = { count: group.length, ms: until - before, steps: group };
      before = until;
      return window;
    });
  });
  const quick = windows.sort((a, b) => a.ms / a.count - b.ms / b.count).slice(0, quickerHalf(windows.length));
  const count = sum(quick.map((window) => window.count));
  const steps = quick.flatMap((window) => window.steps);
  return {
    stepMs: sum(quick.map(({ ms }) => ms)) / count,
    batchMs: sum(steps.map(({ batchMs }) => batchMs)) / count,
    javascriptMs: sum(steps.map(({ javascriptMs }) => javascriptMs)) / count,
  };
}
