import { describe, expect, it } from 'vitest';
import { seedOf } from '../../lib/random.ts';
import { dropoutMask, randomBits } from './random.ts';

const COUNT = 50_000;
const uniform = (seed: number) => Float64Array.from({ length: COUNT }, (_, i) => randomBits(i, seed) / 2 ** 32);
const mean = (xs: Float64Array) => xs.reduce((a, b) => a + b, 0) / xs.length;

/** Sample correlation; of independent numbers its deviation is 1 / √n. */
function correlation(a: Float64Array, b: Float64Array): number {
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += (a[i]! - ma) * (b[i]! - mb);
    aa += (a[i]! - ma) ** 2;
    bb += (b[i]! - mb) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}
const BOUND = 4.5 / Math.sqrt(COUNT);

describe('random bits', () => {
  it.each([0, 1, seedOf(42, 7, 'dropout0')])('of seed %i are even, and each knows nothing of those near it', (seed) => {
    const xs = uniform(seed);
    expect(Math.abs(mean(xs) - 0.5)).toBeLessThan(BOUND * Math.sqrt(1 / 12));
    const variance = mean(xs.map((x) => (x - 0.5) ** 2));
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(BOUND * Math.sqrt(1 / 180));
    for (const lag of [1, 2, 64, 768, 4096])
      expect(Math.abs(correlation(xs.slice(lag), xs.slice(0, -lag))), `lag ${lag}`).toBeLessThan(1.05 * BOUND);
  });

  it('of seeds that follow each other, or of one place in two steps, are strangers', () => {
    expect(Math.abs(correlation(uniform(5), uniform(6)))).toBeLessThan(BOUND);
    expect(Math.abs(correlation(uniform(seedOf(42, 7, 'a')), uniform(seedOf(42, 8, 'a'))))).toBeLessThan(BOUND);
  });

  it('makes a mask with the mean 1 and the variance rate / (1 - rate)', () => {
    for (const rate of [0.1, 0.5]) {
      const mask = Float64Array.from(dropoutMask(COUNT, rate, 3));
      expect(new Set(mask).size).toBe(2);
      expect(Math.abs(mean(mask) - 1)).toBeLessThan(BOUND * Math.sqrt(rate / (1 - rate)));
      expect(mean(mask.map((x) => (x - 1) ** 2))).toBeCloseTo(rate / (1 - rate), 1);
    }
  });
});
