import { describe, expect, it } from 'vitest';
import { pairedVerdict } from './paired.ts';

/** Of `scipy.stats.ttest_rel(a, b).confidence_interval(0.95)`, SciPy 1.17. */
const A = [0.953, 0.947, 0.96, 0.94, 0.953];
const B = [0.887, 0.9, 0.873, 0.88, 0.867];

describe('a verdict over pairs', () => {
  it('is the paired t interval of scipy', () => {
    const verdict = pairedVerdict(A.map((a, i) => [a, B[i]!] as const))!;
    expect(verdict).toMatchObject({ kind: 'helps', pairs: 5 });
    expect(verdict.difference).toBeCloseTo(0.0692, 12);
    expect(verdict.low).toBeCloseTo(0.04781236015751216, 10);
    expect(verdict.high).toBeCloseTo(0.09058763984248774, 10);
  });

  it('goes by pairs, not by the two means: a small difference that is always there is seen', () => {
    const base = [0.6, 0.9, 0.7, 0.95, 0.8];
    const verdict = pairedVerdict(base.map((b, i) => [b - 0.02 + 0.001 * i, b] as const))!;
    expect(verdict).toMatchObject({ kind: 'hurts', pairs: 5 });
    expect(verdict.high).toBeLessThan(0);
  });

  it('says nothing where the interval holds zero, and with one pair', () => {
    expect(
      pairedVerdict([
        [0.9, 0.8],
        [0.7, 0.8],
        [0.85, 0.8],
      ]),
    ).toMatchObject({ kind: 'none', pairs: 3 });
    expect(pairedVerdict([[0.9, 0.5]])).toMatchObject({ kind: 'unknown', low: Number.NEGATIVE_INFINITY });
    expect(pairedVerdict([])).toBeUndefined();
  });

  it('of pairs that are always the same, the difference is what it is', () => {
    expect(
      pairedVerdict([
        [0.9, 0.8],
        [0.8, 0.7],
      ]),
    ).toMatchObject({ kind: 'helps' });
    expect(
      pairedVerdict([
        [0.9, 0.9],
        [0.8, 0.8],
      ]),
    ).toMatchObject({ kind: 'none', difference: 0 });
  });
});
