import { describe, expect, it } from 'vitest';
import { axisOver, passes } from './parallel.ts';

describe('upright axes', () => {
  it('place numbers by their size, over a wide range by their logarithm', () => {
    expect([10, 20, 30].map(axisOver('a', [10, 30]).at)).toEqual([0, 0.5, 1]);
    const wide = axisOver('rate', [1e-4, 1e-2]);
    expect(wide.at(1e-3)).toBeCloseTo(0.5);
    expect(wide.ticks).toEqual([1e-4, 1e-2]);
    expect(axisOver('a', [1, 2, 3, 4, 5, 6]).ticks).toEqual([1, 3.5, 6]);
  });

  it('place words in a row, and what is not there nowhere', () => {
    const axis = axisOver('optimizer', ['adamw', 'sgd', 'lion', 'sgd', undefined]);
    expect(axis.ticks).toEqual(['adamw', 'sgd', 'lion']);
    expect(axis.at('sgd')).toBe(0.5);
    expect(axis.at(undefined)).toBeUndefined();
    expect(axisOver('one', [7]).at(7)).toBe(0.5);
  });

  it('pick out the lines that go through all that is marked', () => {
    const axes = [axisOver('a', [0, 1]), axisOver('b', [0, 10])];
    const line = (a: number, b: number | undefined) => (name: string) => (name === 'a' ? a : b);
    const brushes = { a: [0.5, 1], b: [0, 0.4] } as const;
    expect(passes(axes, line(1, 3), brushes)).toBe(true);
    expect(passes(axes, line(0.2, 3), brushes)).toBe(false);
    expect(passes(axes, line(1, 9), brushes)).toBe(false);
    expect(passes(axes, line(1, undefined), brushes)).toBe(false);
    expect(passes(axes, line(0, 9), {})).toBe(true);
  });
});
