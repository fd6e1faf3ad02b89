import type { ScheduleId } from '../protocol/run.ts';

/** Share of the peak learning rate that is left at `progress` in [0, 1] of what follows the warm-up. */
const decay: Partial<Record<ScheduleId, (progress: number) => number>> = {
  constant: () => 1,
  linear: (progress) => 1 - progress,
  /** Loshchilov and Hutter 2017, equation 5, one cycle. */
  cosine: (progress) => 0.5 * (1 + Math.cos(Math.PI * progress)),
};

/** The learning rate of optimizer step `step` (from 0): linear warm-up to `peak`, then the schedule down to 0. */
export function learningRateAt(
  step: number,
  o: { schedule: ScheduleId; peak: number; warmupSteps: number; totalSteps: number },
): number {
  if (step < o.warmupSteps) return (o.peak * (step + 1)) / o.warmupSteps;
  const rest = Math.max(1, o.totalSteps - o.warmupSteps);
  return o.peak * decay[o.schedule]!(Math.min(1, (step - o.warmupSteps) / rest));
}
