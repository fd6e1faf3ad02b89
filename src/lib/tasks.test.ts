import { describe, expect, it } from 'vitest';
import { averageAccuracy, backwardTransfer, evenly, forgetting, lastEpochs, taskInEpoch } from './tasks.ts';

/** Rows after each of three tasks. */
const THREE = [
  [0.9, 0.1, 0],
  [0.5, 0.8, 0.2],
  [0.6, 0.3, 0.7],
];

describe('a sequence of tasks', () => {
  it('is as even as can be, in order', () => {
    expect(evenly(5, 2)).toEqual([
      [0, 1, 2],
      [3, 4],
    ]);
    expect(evenly(10, 5).map(({ length }) => length)).toEqual([2, 2, 2, 2, 2]);
    expect(evenly(7, 3)).toEqual([
      [0, 1, 2],
      [3, 4],
      [5, 6],
    ]);
    expect(evenly(3, 1)).toEqual([[0, 1, 2]]);
  });

  it('has its epochs divided among the tasks', () => {
    expect([1, 2, 3, 4, 5].map((epoch) => taskInEpoch(epoch, 5, 2))).toEqual([0, 0, 0, 1, 1]);
    expect(lastEpochs(5, 2)).toEqual([3, 5]);
    expect(lastEpochs(6, 3)).toEqual([2, 4, 6]);
  });
});

describe('figures of continual learning, worked out by hand', () => {
  it('average accuracy is that after the last task', () => {
    // (0.6 + 0.3 + 0.7) / 3
    expect(averageAccuracy(THREE)).toBeCloseTo(1.6 / 3, 12);
    // after two of three tasks: (0.5 + 0.8) / 2
    expect(averageAccuracy(THREE.slice(0, 2))).toBeCloseTo(0.65, 12);
  });
  it('backward transfer compares with what a task was right after it', () => {
    // ((0.6 - 0.9) + (0.3 - 0.8)) / 2
    expect(backwardTransfer(THREE)).toBeCloseTo(-0.4, 12);
  });
  it('forgetting compares with the best that a task ever was before the end', () => {
    // ((0.9 - 0.6) + (0.8 - 0.3)) / 2, and where a task was better later on than right after it, with that
    expect(forgetting(THREE)).toBeCloseTo(0.4, 12);
    const better = [
      [0.5, 0, 0],
      [0.9, 0.8, 0],
      [0.7, 0.8, 0.9],
    ];
    expect(forgetting(better)).toBeCloseTo((0.2 + 0) / 2, 12);
    expect(backwardTransfer(better)).toBeCloseTo((0.2 + 0) / 2, 12);
  });
  it('one task alone has nothing to forget', () => {
    expect(averageAccuracy([[0.9]])).toBe(0.9);
    expect(backwardTransfer([[0.9]])).toBeUndefined();
    expect(forgetting([[0.9]])).toBeUndefined();
    expect(averageAccuracy([])).toBeUndefined();
  });
});
