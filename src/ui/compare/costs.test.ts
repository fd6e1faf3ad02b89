import { describe, expect, it } from 'vitest';
import { wilsonInterval } from '@/lib/statistics.ts';
import { runOf } from '../testing/run-fixtures.ts';
import { costDomain, costPoints } from './costs.ts';

const done = { phase: 'done', finish: 'completed' } as const;

describe('accuracy for what it costs', () => {
  it('has an interval by the examples of one run', () => {
    const [point] = costPoints([runOf({ status: done })]);
    expect(point).toMatchObject({ seeds: 1, costs: { trainable: 2_676_645, bytes: 431e6 } });
    const { low, high } = wilsonInterval(Math.round(point!.accuracy * 36), 36);
    expect([point!.low, point!.high]).toEqual([low, high]);
  });

  it('is a mean over seeds, with the interval that they leave', () => {
    const runs = [1, 2, 3].map((number) => runOf({ number, best: number, status: done, settings: { seed: number } }));
    const other = runOf({ number: 4, status: done, settings: { learningRate: 1 } });
    const points = costPoints([...runs, other]);
    expect(points.map(({ seeds, run }) => [run.number, seeds])).toEqual([
      [1, 3],
      [4, 1],
    ]);
    expect(points[0]!.low).toBeLessThan(points[0]!.accuracy);
    expect(points[0]!.high).toBeLessThanOrEqual(1);
  });

  it('leaves out what was not judged, and has room around the rest', () => {
    const { best: _, ...status } = runOf({ epochs: 0 }).status;
    const empty = runOf({ epochs: 0 });
    expect(costPoints([{ ...empty, status, validation: { ...empty.validation, length: 0 } }])).toEqual([]);
    expect(costDomain(costPoints([runOf({ status: done })]), 'trainable')).toEqual({
      low: 2_676_645 / 2,
      high: 2_676_645 * 2,
    });
  });
});
