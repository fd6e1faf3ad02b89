import { describe, expect, it } from 'vitest';
import { axisTicks, linearTicks, logTicks } from './ticks.ts';

describe('ticks', () => {
  it('cut a linear axis into at most five lines that reach its top', () => {
    expect(linearTicks(1.2)).toEqual([0, 0.5, 1, 1.5]);
    expect(linearTicks(1)).toEqual([0, 0.25, 0.5, 0.75, 1]);
    for (const max of [1e-4, 0.03, 0.7, 1.61, 9, 47, 1234]) {
      const ticks = linearTicks(max);
      expect(ticks.length).toBeLessThanOrEqual(5);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(max);
    }
  });

  it('are whole where the axis counts', () => {
    expect(axisTicks(3, 10, true)).toEqual([0, 1, 2, 3]);
    expect(axisTicks(20, 5, true)).toEqual([0, 5, 10, 15, 20]);
    expect(axisTicks(23, 5, true)).toEqual([0, 5, 10, 15, 20]);
  });

  it('are few on a logarithmic axis', () => {
    expect(logTicks(0.22, 1.8)).toEqual([0.5, 1]);
    expect(logTicks(0.05, 2)).toEqual([0.1, 0.3, 1]);
    expect(logTicks(1e-6, 100).length).toBeLessThanOrEqual(5);
  });
});
