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
  /** Of a schedule that waits for it; undefined before the first epoch. */
  plateau?: Plateau | undefined;
}
export const begin: StoppingState = { best: undefined, wait: 0 };

/** `auto` reads the direction off the monitor: accuracy up, loss down. */
export const direction = (mode: EarlyStopping['mode'], monitor: Monitor): 'min' | 'max' =>
  mode !== 'auto' ? mode : /accuracy/i.test(monitor) ? 'max' : 'min';

/**
 * One epoch (from 1) further. Improved means better than the best by more than `minDelta`; epochs up to
 * `startFromEpoch` are not looked at (Keras, `EarlyStopping`). A value that is no number never improves.
 */
export function observe(
  state: StoppingState,
  o: EarlyStopping,
  epoch: number,
  metrics: EpochMetrics,
): { state: StoppingState; improved: boolean; stop: boolean } {
  if (epoch <= o.startFromEpoch) return { state, improved: false, stop: false };
  const value = metrics[o.monitor];
  const sign = direction(o.mode, o.monitor) === 'max' ? 1 : -1;
  const improved = Number.isFinite(value) && (state.best === undefined || sign * (value - state.best) > o.minDelta);
  if (improved) return { state: { ...state, best: value, wait: 0 }, improved, stop: false };
  const wait = state.wait + 1;
  return { state: { ...state, wait }, improved, stop: o.enabled && wait >= Math.max(1, o.patience) };
}
