import { describe, expect, it } from 'vitest';
import { runOf } from '../ui/testing/run-fixtures.ts';
import { alike, differing, figuresOf, namesOf } from './comparison.ts';
import { append, emptySeries } from './series.ts';

const one = runOf({ number: 1, epochs: 12, best: 8 });
const slower = runOf({ number: 2, epochs: 20, best: 18, settings: { learningRate: 1e-5 } });
const again = runOf({ number: 3, epochs: 12, best: 8, settings: { seed: 7 } });
const head = runOf({ number: 4, epochs: 12, best: 8, settings: { method: { id: 'head', options: {} } } });

describe('what differs', () => {
  it('between runs is named, in the order of the settings', () => {
    expect(differing([one, slower, again])).toEqual(['learningRate', 'seed']);
    expect(differing([one])).toEqual([]);
    expect(differing([one, head])).toEqual(['method', 'stages']);
  });

  it('names a run; chance does so only where nothing else is other', () => {
    expect(namesOf([one, slower, again]).get(slower)).toEqual([['learningRate', 1e-5]]);
    expect(namesOf([one, again]).get(again)).toEqual([['seed', 7]]);
    expect(namesOf([one, head]).get(head)).toEqual([['method', 'head']]);
  });

  it('after its model and method a run is named by what tells it from those that share both', () => {
    const names = namesOf([one, slower, head]);
    expect(names.get(head)).toEqual([['method', 'head']]);
    expect(names.get(slower)).toEqual([
      ['method', 'last-n'],
      ['learningRate', 1e-5],
    ]);
  });

  it('groups runs that tried the same with other seeds', () => {
    expect(alike([one, slower, again]).map((runs) => runs.map(({ number }) => number))).toEqual([[1, 3], [2]]);
  });
});

describe('figures of a run', () => {
  it('are those of the epoch whose weights are kept', () => {
    const { accuracy, loss, epochs, toBest, seconds } = figuresOf(one);
    const { columns, length } = one.validation;
    const at = columns.step.subarray(0, length).lastIndexOf(one.status.best!.step);
    expect(at).toBeGreaterThan(0);
    expect([accuracy, loss]).toEqual([columns.accuracy[at], columns.loss[at]]);
    expect(epochs).toBe(12);
    expect(toBest!).toBeLessThan(seconds);
  });

  it('a run that has not been judged has none', () => {
    const { best: _, ...rest } = one.status;
    const { accuracy, loss, examples } = figuresOf({
      ...one,
      status: rest,
      train: emptySeries(),
      validation: emptySeries(),
    });
    expect([accuracy, loss]).toEqual([undefined, undefined]);
    expect(examples).toBe(0);
  });

  it('have what the old task lost up to the kept epoch, where it was looked at', () => {
    expect(figuresOf(one).old).toBeUndefined();
    const at = (epoch: number, accuracy: number) => ({
      ...{ run: one.id, split: 'old' as const, epoch, step: epoch * one.status.stepsPerEpoch, seconds: epoch },
      ...{ loss: 0, accuracy, examples: 64 },
    });
    // best at epoch 8
    const old = append(emptySeries(), [at(0, 0.9), at(8, 0.6), at(12, 0.2)]);
    expect(figuresOf({ ...one, old }).old).toBeCloseTo(-0.3);
  });
});
