import { expect, test } from 'vitest';
import { spread } from './chart-overlay.tsx';

const gaps = (heights: readonly number[]) => heights.slice(1).map((height, i) => height - heights[i]!);

test('labels at one height part, and none leaves the chart at its top', () => {
  for (const wanted of [
    [10, 10, 10],
    [10, 12, 60],
    [50, 52, 54, 90],
  ]) {
    const placed = spread(wanted, 10);
    expect(Math.min(...gaps(placed))).toBeGreaterThanOrEqual(16 - 1e-9);
    expect(placed[0]).toBeGreaterThanOrEqual(10);
  }
  expect(spread([50, 52], 0)).toEqual([43, 59]);
  expect(spread([20, 80], 0)).toEqual([20, 80]);
});
