import { describe, expect, it } from 'vitest';
import { runOf } from '../testing/run-fixtures.ts';
import { curveAxes, curveRuns, learningCurve, trainedOn } from './learning-curve.ts';

/** A run that came to its end on a share of 400 examples. */
function run(number: number, share: number, accuracy: number, id = 'curve') {
  const one = runOf({
    number,
    epochs: 4,
    stepsPerEpoch: Math.max(1, Math.round((400 * share) / 16)),
    best: 4,
    status: { phase: 'done', finish: 'completed' },
    rest: { group: { id, kind: 'learning-curve' } },
  });
  one.validation.columns.accuracy.fill(accuracy, 0, one.validation.length);
  return { ...one, settings: { ...one.settings, fewShot: { ...one.settings.fewShot, share } } };
}

const runs = [run(1, 1, 0.9), run(2, 0.1, 0.6), run(3, 0.1, 0.7), run(4, 1, 0.92), run(5, 0.5, 0.8)];

describe('a learning curve', () => {
  it('has a point for each share, ascending, with the mean over seeds and its interval', () => {
    const points = learningCurve(runs);
    expect(points.map(({ share, accuracies }) => [share, accuracies.length])).toEqual([
      [0.1, 2],
      [0.5, 1],
      [1, 2],
    ]);
    expect(points[0]!.mean).toBeCloseTo(0.65);
    // t of one degree of freedom is 12.7: two seeds say little
    expect(points[0]!.low).toBeCloseTo(0.65 - 12.7062 * 0.05, 3);
    expect(points[1]!).toMatchObject({ mean: 0.8, low: 0.8, high: 0.8 });
    expect(points.every(({ low, high }) => low >= 0 && high <= 1)).toBe(true);
  });

  it('counts what a run’s first epoch went through', () => {
    expect(trainedOn(runs[0]!)).toBe(25 * 16);
  });

  it('is the newest one, without the runs that did not come to their end', () => {
    const other = run(6, 1, 0.5, 'other');
    expect(curveRuns(runs)).toHaveLength(5);
    expect(curveRuns([...runs, other])).toEqual([other]);
    expect(curveRuns([{ ...runs[0]!, status: { ...runs[0]!.status, finish: 'stop-keep' } }])).toEqual([]);
    expect(curveRuns([])).toEqual([]);
  });

  it('has axes with room for all points', () => {
    const { across, up } = curveAxes(learningCurve(runs));
    expect(across.low).toBeLessThan(40);
    expect(across.high).toBeGreaterThan(400);
    expect([up.low, up.high]).toEqual([0, 1]);
    const narrow = curveAxes(learningCurve([run(1, 0.5, 0.9), run(2, 1, 0.94)]));
    expect(narrow.up.low).toBeGreaterThanOrEqual(0.85);
    expect(narrow.up.high).toBeLessThanOrEqual(1);
  });
});
