import type { Plateau } from '../lib/schedule.ts';
import type { EarlyStopping, Monitor } from '../protocol/run.ts';

/** What `EarlyStopping` of Keras watches, by its names. */
export interface EpochMetrics {
  loss: number;
  accuracy: number;
  validationLoss: number;
  validationAccuracy: number;
}

export interface StoppingState {
  best: number | undefined;
  /** Epochs since the best one. */
  wait: number;
  /** Its patience was used up once; a run that goes on all the same is marked once. */
  spent?: boolean;
  /** Of a schedule that waits for it; undefined before the first epoch. */
  plateau?: Plateau | undefined;
}
export const begin: StoppingState = { best: undefined, wait: 0 };

export interface Observed {
  state: StoppingState;
  improved: boolean;
  stop: boolean;
  marks: boolean;
}

/** `auto` reads the direction off the monitor: accuracy up, loss down. */
export const direction = (mode: EarlyStopping['mode'], monitor: Monitor): 'min' | 'max' =>
  mode !== 'auto' ? mode : /accuracy/i.test(monitor) ? 'max' : 'min';

/**
 * One epoch (from 1) further. Improved means better than the best by more than `minDelta`; epochs up to
 * `startFromEpoch` are not looked at (Keras, `EarlyStopping`). A value that is no number never improves. Where the patience
 * is used up the run is told to `stop`, or, the first time, that it would have been: `marks`.
 */
export function observe(state: StoppingState, o: EarlyStopping, epoch: number, metrics: EpochMetrics): Observed {
  const quiet = { stop: false, marks: false };
  if (epoch <= o.startFromEpoch) return { state, improved: false, ...quiet };
  const value = metrics[o.monitor];
  const sign = direction(o.mode, o.monitor) === 'max' ? 1 : -1;
  const improved = Number.isFinite(value) && (state.best === undefined || sign * (value - state.best) > o.minDelta);
  if (improved) return { state: { ...state, best: value, wait: 0 }, improved, ...quiet };
  const wait = state.wait + 1;
  const spent = o.enabled && wait >= Math.max(1, o.patience);
  if (!spent) return { state: { ...state, wait }, improved, ...quiet };
  const stop = o.act === 'stop';
  return { state: { ...state, wait, spent }, improved, stop, marks: !stop && !state.spent };
}
