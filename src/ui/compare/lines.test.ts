import { describe, expect, it } from 'vitest';
import { append, emptySeries, type Series } from '@/session/series.ts';
import { domainOf, lineOf, spread, valueAt } from './lines.ts';

const series = (count: number, loss: (i: number) => number): Series =>
  append(
    emptySeries(),
    Array.from({ length: count }, (_, i) => ({
      run: 'r',
      split: 'validation' as const,
      step: i,
      epoch: i / 10,
      seconds: i / 4,
      loss: loss(i),
      accuracy: 0.5,
      examples: 16,
    })),
  );

describe('lines of runs that are compared', () => {
  it('ten runs of 10,000 points come to what a chart can show, within a frame or two, and once', () => {
    const runs = Array.from({ length: 10 }, (_, r) =>
      series(10_000, (i) => 2 * Math.exp(-i / 3000) + Math.sin(i + r) / 50),
    );
    const before = process.cpuUsage();
    const lines = runs.map((run) => lineOf(run, 'loss', 'epoch'));
    const domain = domainOf(lines, 'loss');
    const { user } = process.cpuUsage(before);
    expect(user / 1000).toBeLessThan(50);
    for (const line of lines) expect(line.x.length).toBeLessThanOrEqual(400);
    expect(domain.end).toBeCloseTo(999.9);
    expect(lineOf(runs[0]!, 'loss', 'epoch')).toBe(lines[0]);
    expect(lineOf(runs[0]!, 'loss', 'seconds')).not.toBe(lines[0]);
  });

  it('keep a spike and leave out what is no number', () => {
    const line = lineOf(
      series(5000, (i) => (i === 1234 ? 9 : i === 77 ? Number.NaN : 1)),
      'loss',
      'epoch',
    );
    expect(Math.max(...line.y)).toBe(9);
    expect([...line.y].every(Number.isFinite)).toBe(true);
  });

  it('share an axis that one which diverges does not flatten', () => {
    const wild = lineOf(
      series(20, (i) => 1.5 * 10 ** i),
      'loss',
      'epoch',
    );
    const calm = lineOf(
      series(20, (i) => 1.5 - i / 20),
      'loss',
      'epoch',
    );
    expect(domainOf([wild, calm], 'loss').high).toBeLessThan(6);
    expect(domainOf([], 'loss')).toMatchObject({ end: 1, low: 0.1 });
  });

  it('tell their value at a place', () => {
    const line = lineOf(
      series(11, (i) => i),
      'loss',
      'epoch',
    );
    expect(valueAt(line, 0.55)).toBe(5);
    expect(valueAt(line, -1)).toBeUndefined();
    expect(valueAt(line, 99)).toBe(10);
  });

  it('have labels that do not lie on each other', () => {
    expect(spread([10, 11, 90], 14, 0, 100)).toEqual([10, 24, 90]);
    expect(spread([99, 98], 14, 0, 100)).toEqual([100, 86]);
  });
});
