import { describe, expect, it } from 'vitest';
import type { EarlyStopping } from '../protocol/run.ts';
import { begin, direction, observe } from './early-stopping.ts';

const base: EarlyStopping = {
  enabled: true,
  monitor: 'validationLoss',
  mode: 'auto',
  patience: 2,
  minDelta: 0,
  startFromEpoch: 0,
  restoreBest: true,
  act: 'stop',
};

/** The epoch after which it stops, and the best one, over a course of the monitored value. */
function course(
  values: readonly number[],
  o: EarlyStopping,
): { stopped: number | undefined; best: number | undefined } {
  let state = begin;
  let best: number | undefined;
  for (const [i, value] of values.entries()) {
    const metrics = { loss: 9, accuracy: 0, validationLoss: 9, validationAccuracy: 0, [o.monitor]: value };
    const seen = observe(state, o, i + 1, metrics);
    state = seen.state;
    if (seen.improved) best = i + 1;
    if (seen.stop) return { stopped: i + 1, best };
  }
  return { stopped: undefined, best };
}

describe('early stopping', () => {
  it('stops when the monitor has not improved for `patience` epochs', () => {
    expect(course([3, 2, 2.5, 2.4, 1], base)).toEqual({ stopped: 4, best: 2 });
  });
  it('counts anew after an improvement', () => {
    expect(course([3, 3.1, 2, 2.1, 1.9, 2], base)).toEqual({ stopped: undefined, best: 5 });
  });
  it('does not call less than minDelta an improvement', () => {
    expect(course([1, 0.95, 0.92], { ...base, minDelta: 0.1 })).toEqual({ stopped: 3, best: 1 });
  });
  it('does not look before startFromEpoch', () => {
    expect(course([1, 2, 3, 4, 5, 6], { ...base, startFromEpoch: 3 })).toEqual({ stopped: 6, best: 4 });
  });
  it('goes up for accuracy and down for loss, or as it is told', () => {
    expect(direction('auto', 'validationAccuracy')).toBe('max');
    expect(direction('auto', 'loss')).toBe('min');
    expect(direction('max', 'loss')).toBe('max');
    expect(course([0.5, 0.6, 0.6, 0.6], { ...base, monitor: 'validationAccuracy' })).toEqual({ stopped: 4, best: 2 });
  });
  it('with patience 0 stops at the first epoch that is no better', () => {
    expect(course([1, 1], { ...base, patience: 0 })).toEqual({ stopped: 2, best: 1 });
  });
  it('never takes a value that is no number for an improvement', () => {
    expect(course([Number.NaN, Number.NaN], base)).toEqual({ stopped: 2, best: undefined });
  });
  it('told to mark only, stops nothing and marks the epoch once', () => {
    const o: EarlyStopping = { ...base, act: 'mark' };
    let state = begin;
    const told = [3, 2, 2.5, 2.4, 1, 2, 2, 2].map((validationLoss, i) => {
      const seen = observe(state, o, i + 1, { loss: 9, accuracy: 0, validationLoss, validationAccuracy: 0 });
      state = seen.state;
      return [seen.stop, seen.marks];
    });
    expect(told.map(([stop]) => stop)).toEqual(Array(8).fill(false));
    // where `stop` would have ended it; what comes later would never have been
    expect(told.map(([, marks]) => marks)).toEqual([false, false, false, true, false, false, false, false]);
    expect(course([3, 2, 2.5, 2.4, 1], base).stopped).toBe(4);
  });
  it('switched off keeps the best and stops nothing', () => {
    expect(course([1, 2, 3, 4], { ...base, enabled: false })).toEqual({ stopped: undefined, best: 1 });
  });
});
