import { describe, expect, it } from 'vitest';
import { meanInterval, medianInterval, wilsonInterval } from './statistics.ts';

describe('wilsonInterval', () => {
  it.each([
    [83, 90],
    [0, 10],
    [10, 10],
    [1, 2],
    [500, 1000],
  ])('ends, for %i of %i, where the normal test just rejects', (successes, examples) => {
    const z = 1.959963984540054;
    const share = successes / examples;
    const { low, high } = wilsonInterval(successes, examples);
    for (const end of [low, high]) expect((share - end) ** 2).toBeCloseTo((z * z * end * (1 - end)) / examples, 12);
    expect(low).toBeLessThanOrEqual(share);
    expect(high).toBeGreaterThanOrEqual(share);
  });

  it('is 84.8 to 96.2 % for 83 of 90', () => {
    const { low, high } = wilsonInterval(83, 90);
    expect([low, high].map((end) => (100 * end).toFixed(1))).toEqual(['84.8', '96.2']);
  });

  it('knows nothing without examples', () => {
    expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 });
  });
});

describe('meanInterval', () => {
  it('is what scipy.stats.t.interval gives', () => {
    const { mean, low, high } = meanInterval([0.8, 0.9, 0.85, 0.95, 0.7]);
    expect(mean).toBeCloseTo(0.84, 12);
    expect([low, high].map((end) => end.toFixed(4))).toEqual(['0.7206', '0.9594']);
  });

  // half of the interval is t times the standard error, which is 1 here; scipy.stats.t.ppf(0.975, degrees)
  it.each([
    [1, 12.706204736174694],
    [2, 4.302652729749462],
    [3, 3.1824463052837078],
    [4, 2.7764451051977934],
    [9, 2.262157162798205],
    [10, 2.228138851986274],
    [31, 2.039513446396408],
    [99, 1.9842169515864174],
  ])('has the quantile of %i degrees of freedom', (degrees, t) => {
    const wanted = Math.sqrt(degrees * (degrees + 1)); // squares that sum to n (n - 1)
    const values = [wanted / Math.SQRT2, -wanted / Math.SQRT2, ...new Array<number>(degrees - 1).fill(0)];
    expect(meanInterval(values).high).toBeCloseTo(t, 10);
  });

  it('leaves everything possible after one value', () => {
    expect(meanInterval([0.5])).toEqual({ mean: 0.5, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY });
  });
});

describe('medianInterval', () => {
  // scipy.stats.binom(n, 0.5).cdf(k) is at most 0.025 up to this k
  it.each([
    [6, 0],
    [9, 1],
    [20, 5],
    [100, 39],
  ])('of %i values leaves out %i at each end', (count, cut) => {
    const values = Array.from({ length: count }, (_, i) => (i * 7 + 3) % 101);
    const sorted = values.toSorted((a, b) => a - b);
    const { low, high } = medianInterval(values);
    expect([low, high]).toEqual([sorted[cut], sorted[count - 1 - cut]]);
  });

  it('is the middle one, or between the two', () => {
    expect(medianInterval([3, 1, 2]).median).toBe(2);
    expect(medianInterval([4, 1, 2, 3]).median).toBe(2.5);
  });

  it('knows no end of fewer than six', () => {
    const { low, high } = medianInterval([1, 2, 3, 4, 5]);
    expect([low, high]).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });
});
