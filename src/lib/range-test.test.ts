import { describe, expect, it } from 'vitest';
import { RANGE, RangeCurve, rangeRate, suggestRate } from './range-test.ts';

const rates = Array.from({ length: RANGE.steps }, (_, step) => rangeRate(step));
const curveOf = (loss: (decade: number) => number) =>
  rates.map((learningRate) => ({ learningRate, loss: loss(Math.log10(learningRate)) }));

describe('a range test', () => {
  it('goes from the least to the greatest rate in equal steps of a log scale', () => {
    expect(rates[0]).toBe(RANGE.from);
    expect(rates.at(-1)).toBeCloseTo(RANGE.to, 12);
    expect(rates[50]! / rates[49]!).toBeCloseTo(rates[1]! / rates[0]!, 12);
  });

  it('suggests where the loss falls most steeply, not where it is least', () => {
    // a fall around 1e-3, least near 1e-1.5, then up
    const suggestion = suggestRate(curveOf((d) => 2 - 1.5 / (1 + Math.exp(-4 * (d + 3))) + Math.exp(6 * (d + 0.8))));
    expect(Math.log10(suggestion!)).toBeGreaterThan(-3.3);
    expect(Math.log10(suggestion!)).toBeLessThan(-2.7);
  });

  it('suggests nothing where the loss never fell, or fell by no more than noise', () => {
    expect(suggestRate(curveOf(() => 1))).toBeUndefined();
    expect(suggestRate(curveOf((d) => 1 + Math.exp(3 * d)))).toBeUndefined();
    expect(suggestRate(curveOf((d) => 1 + 0.01 * Math.sin(5 * d)))).toBeUndefined();
    expect(suggestRate([])).toBeUndefined();
  });

  it('stops where the loss is four times its best, or no number', () => {
    const curve = new RangeCurve();
    expect(curve.add(1e-7, 1)).toBe(true);
    expect(curve.points[0]!.loss).toBeCloseTo(1, 12);
    expect(curve.add(1e-6, 2)).toBe(true);
    expect(curve.add(1e-5, 100)).toBe(false);
    expect(curve.add(1e-4, Number.NaN)).toBe(false);
    expect(curve.points).toHaveLength(3);
  });
});
