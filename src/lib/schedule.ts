import type { RunSettings, ScheduleId } from '../protocol/run.ts';

/** What the learning rate of a step depends on. What only some schedules read may be absent for the others. */
export interface Schedule
  extends Pick<RunSettings, 'schedule' | 'warmupSteps'>,
    Partial<Pick<RunSettings, 'cycles' | 'power' | 'gamma' | 'stepEpochs'>> {
  peak: number;
  totalSteps: number;
  stepsPerEpoch: number;
}

export const scheduleOf = (
  { schedule, warmupSteps, cycles, power, gamma, stepEpochs, learningRate }: RunSettings,
  { totalSteps, stepsPerEpoch }: Pick<Schedule, 'totalSteps' | 'stepsPerEpoch'>,
  peak = learningRate,
): Schedule => ({ schedule, warmupSteps, cycles, power, gamma, stepEpochs, peak, totalSteps, stepsPerEpoch });

/** Share of the peak that one-cycle begins at, and the share of that which it ends at (PyTorch's defaults). */
const FIRST = 1 / 25;
const LAST = 1e-4;
/** Share of the steps in which one-cycle rises, where no warm-up says how many. */
const RISE = 0.3;

/** From 1 to 0 as the share of the way goes from 0 to 1 (Loshchilov and Hutter 2017, equation 5). */
const fall = (share: number): number => 0.5 * (1 + Math.cos(Math.PI * share));

/** Share of the peak at step `s` after the warm-up, of `rest` such steps. */
const shares: Record<Exclude<ScheduleId, 'one-cycle'>, (s: number, rest: number, o: Schedule) => number> = {
  constant: () => 1,
  linear: (s, rest) => 1 - s / rest,
  cosine: (s, rest) => fall(s / rest),
  'cosine-restarts': (s, rest, { cycles = 1 }) => (s >= rest ? 0 : fall(((s * cycles) % rest) / rest)),
  polynomial: (s, rest, { power = 1 }) => (1 - s / rest) ** power,
  step: (s, _, { gamma = 1, stepEpochs = 1, stepsPerEpoch }) => gamma ** Math.floor(s / (stepEpochs * stepsPerEpoch)),
  exponential: (s, _, { gamma = 1, stepsPerEpoch }) => gamma ** (s / stepsPerEpoch),
  /** Vaswani et al. 2017, section 5.3; the time scale is the warm-up, or an epoch where there is none. */
  'inverse-sqrt': (s, _, { warmupSteps, stepsPerEpoch }) => 1 / Math.sqrt(1 + s / (warmupSteps || stepsPerEpoch)),
  /** As long as nothing is seen of the run; `Plateau` says by how much less. */
  plateau: () => 1,
};

/** Smith and Topin 2018: up to the peak and far below the start, both along a cosine. The warm-up is the rise. */
function oneCycle(step: number, { warmupSteps, totalSteps }: Schedule): number {
  const top = (warmupSteps || RISE * totalSteps) - 1;
  if (step < top) return 1 - (1 - FIRST) * fall(step / top);
  const way = (step - top) / Math.max(1, totalSteps - 1 - top);
  return FIRST * LAST + (1 - FIRST * LAST) * fall(Math.min(1, way));
}

/**
 * The learning rate of optimizer step `step` (from 0): linear warm-up to the peak, then the schedule. Each equals
 * PyTorch's scheduler of its name, stepped once a step after the warm-up.
 */
export function learningRateAt(step: number, o: Schedule): number {
  if (o.schedule === 'one-cycle') return o.peak * oneCycle(step, o);
  if (step < o.warmupSteps) return (o.peak * (step + 1)) / o.warmupSteps;
  const rest = Math.max(1, o.totalSteps - o.warmupSteps);
  return o.peak * shares[o.schedule](Math.min(rest, step - o.warmupSteps), rest, o);
}

/** Where the learning rate is at its greatest: the end of the warm-up, or the top of the one cycle. */
export const peakStep = ({ schedule, warmupSteps, totalSteps }: Schedule): number =>
  schedule === 'one-cycle' ? (warmupSteps || RISE * totalSteps) - 1 : warmupSteps;

/** What `plateau` has seen of a run. */
export interface Plateau {
  best: number | undefined;
  /** Epochs without a better value, since it was last reduced. */
  wait: number;
  /** Share of the learning rate that is left. */
  factor: number;
}
export const noPlateau: Plateau = { best: undefined, wait: 0, factor: 1 };

/** Of the best value: less is no improvement. */
const THRESHOLD = 1e-4;

/** One epoch further, with the value that is watched (PyTorch's `ReduceLROnPlateau`, relative threshold, no cooldown). */
export function observePlateau(
  { best, wait, factor }: Plateau,
  { gamma, plateauPatience }: Pick<RunSettings, 'gamma' | 'plateauPatience'>,
  mode: 'min' | 'max',
  value: number,
): Plateau {
  const better =
    Number.isFinite(value) &&
    (best === undefined || (mode === 'min' ? value < best * (1 - THRESHOLD) : value > best * (1 + THRESHOLD)));
  if (better) return { best: value, wait: 0, factor };
  return wait + 1 > plateauPatience ? { best, wait: 0, factor: factor * gamma } : { best, wait: wait + 1, factor };
}
