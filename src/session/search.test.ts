import { describe, expect, it } from 'vitest';
import { axesFor } from './axes.ts';
import { changesOf } from './changes.ts';
import { forTask, initialSettings } from './defaults.ts';
import { type Axis, axisOf, grid, random, rungs, survivors, valuesOf, withCandidate, wrongWith } from './search.ts';

const rate: Axis = {
  name: 'learningRate',
  place: 'training',
  over: { min: 1e-4, max: 1e-2, scale: 'log', whole: false },
};
const stages: Axis = { name: 'stages', place: 'method', over: [1, 2] };

describe('a search', () => {
  it('cuts a range evenly on its scale', () => {
    expect(valuesOf(rate, 3)).toEqual([1e-4, 1e-3, 1e-2]);
    expect(valuesOf({ ...rate, over: { min: 1, max: 2, scale: 'linear', whole: true } }, 5)).toEqual([1, 2]);
  });

  it('grid: every combination once', () => {
    expect(grid([rate, stages], 3)).toEqual([
      [1e-4, 1],
      [1e-4, 2],
      [1e-3, 1],
      [1e-3, 2],
      [1e-2, 1],
      [1e-2, 2],
    ]);
    expect(grid([], 3)).toEqual([[]]);
  });

  it('random: from the seed, within the range, no two the same', () => {
    const drawn = random([rate, stages], 12, 7);
    expect(drawn).toHaveLength(12);
    expect(random([rate, stages], 12, 7)).toEqual(drawn);
    expect(random([rate, stages], 12, 8)).not.toEqual(drawn);
    expect(new Set(drawn.map(String)).size).toBe(12);
    for (const [value, of] of drawn) {
      expect(value).toBeGreaterThanOrEqual(1e-4);
      expect(value).toBeLessThanOrEqual(1e-2);
      expect([1, 2]).toContain(of);
    }
    // half of them below the middle of the powers of ten: uniform on the logarithm
    const below = random([rate], 400, 1).filter(([value]) => Number(value) < 1e-3).length;
    expect(below).toBeGreaterThan(160);
    expect(below).toBeLessThan(240);
  });

  it('random: stops where there are no more combinations', () => {
    expect(random([stages], 10, 1)).toHaveLength(2);
  });

  it('lays a candidate over the settings, its method options among the method', () => {
    const settings = { ...initialSettings(), method: { id: 'last-n', options: { stages: 3 } } };
    const next = withCandidate(settings, [rate, stages], [5e-4, 2]);
    expect(next.learningRate).toBe(5e-4);
    expect(next.method).toEqual({ id: 'last-n', options: { stages: 2 } });
    expect({ ...next, learningRate: settings.learningRate, method: settings.method }).toEqual(settings);
  });

  it('offers what an option allows', () => {
    expect(axisOf({ name: 'a', type: 'choice', default: 'x', choices: ['x', 'y'] }, 'task')?.over).toEqual(['x', 'y']);
    expect(axisOf({ name: 'a', type: 'text', default: '' }, 'task')).toBeUndefined();
    expect(axisOf({ name: 'a', type: 'number', default: 1, min: 0.1, max: 10, scale: 'log' }, 'method')).toEqual({
      name: 'a',
      place: 'method',
      over: { min: 0.1, max: 10, scale: 'log', whole: false, bounds: [0.1, 10] },
    });
  });
});

describe('what can be searched', () => {
  const on = (name: string, axes: readonly Axis[]) => axes.find((axis) => axis.name === name);

  it('is every setting that has numbers or choices, in the form where it stands', () => {
    const axes = axesFor(forTask(initialSettings(), 'text-classification'));
    for (const [name, place] of [
      ['learningRate', 'training'],
      ['maxLength', 'task'],
      ['pooling', 'task'],
      ['synonyms', 'augmentation'],
      ['patience', 'earlyStopping'],
      ['examplesPerClass', 'fewShot'],
      ['replay', 'cures'],
    ] as const)
      expect(on(name, axes)?.place, name).toBe(place);
    // of pictures alone, or what changes what runs are judged by
    for (const name of ['rotate', 'batchNorm', 'seed', 'draw', 'epochs', 'monitor', 'act', 'tasks'])
      expect(on(name, axes), name).toBeUndefined();
    expect(new Set(axes.map(({ name }) => name)).size).toBe(axes.length);
  });

  it('a candidate changes its setting where it stands, and nothing else', () => {
    const settings = forTask(initialSettings(), 'text-classification');
    const axes = ['maxLength', 'synonyms', 'patience', 'examplesPerClass', 'l2sp'].map(
      (name) => on(name, axesFor(settings))!,
    );
    const next = withCandidate(settings, axes, [64, 0.2, 9, 4, 0.3]);
    expect(next.task.maxLength).toBe(64);
    expect(next.augmentation.synonyms).toBe(0.2);
    expect(next.earlyStopping.patience).toBe(9);
    expect(next.fewShot.examplesPerClass).toBe(4);
    expect(next.cures.l2sp).toBe(0.3);
    expect(changesOf(settings, next).map(({ name }) => name)).toHaveLength(5);
  });

  it('says what is wrong with a range', () => {
    const axis = on('learningRate', axesFor(initialSettings()))!;
    const from = (min: number, max: number): Axis => ({ ...axis, over: { ...axis.over, min, max } as Axis['over'] });
    expect(wrongWith(axis)).toBeUndefined();
    expect(wrongWith(from(1e-3, 1e-4))).toBe('range');
    expect(wrongWith(from(0, 1e-4))).toBe('range');
    expect(wrongWith(from(-1, 1e-4))).toBe('range');
    expect(wrongWith(from(1e-3, 1e9))).toBe('bounds');
    expect(wrongWith({ ...axis, over: [] })).toBe('empty');
  });
});

describe('successive halving', () => {
  it('a third goes on for three times as long', () => {
    expect(rungs(9, 27, 3)).toEqual([
      { candidates: 9, until: 3 },
      { candidates: 3, until: 9 },
      { candidates: 1, until: 27 },
    ]);
  });
  it('has no more rounds than there are epochs to tell candidates apart', () => {
    expect(rungs(64, 4, 2)).toEqual([
      { candidates: 64, until: 1 },
      { candidates: 32, until: 2 },
      { candidates: 16, until: 4 },
    ]);
  });
  it('without it every candidate runs to its end', () => {
    expect(rungs(5, 10, 1)).toEqual([{ candidates: 5, until: 10 }]);
    expect(rungs(1, 10, 3)).toEqual([{ candidates: 1, until: 10 }]);
  });
  it('keeps the best in their order, and nothing that has no figure', () => {
    const of = [0.5, Number.NaN, 0.2, 0.9, undefined, 0.3];
    expect(survivors(of, (x) => x, 'min', 2)).toEqual([0.2, 0.3]);
    expect(survivors(of, (x) => x, 'max', 2)).toEqual([0.5, 0.9]);
    expect(survivors(of, (x) => x, 'max', 5)).toHaveLength(5);
  });
});
