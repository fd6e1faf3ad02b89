import { type Interval, meanInterval } from './statistics.ts';

/** What repeated measurements say about a difference. `unknown` where one pair alone leaves everything possible. */
export interface Verdict extends Interval {
  kind: 'helps' | 'hurts' | 'none' | 'unknown';
  /** Mean difference; the interval is that of this mean, by 95 %. */
  difference: number;
  pairs: number;
}

/**
 * Whether the first of each pair is better than the second, more being better: the mean of the differences with its
 * interval by Student's t for paired samples, which supposes that they are spread normally. Undefined without a pair.
 */
export function pairedVerdict(pairs: readonly (readonly [number, number])[]): Verdict | undefined {
  if (pairs.length === 0) return undefined;
  const { mean, low, high } = meanInterval(pairs.map(([a, b]) => a - b));
  const kind = pairs.length < 2 ? 'unknown' : low > 0 ? 'helps' : high < 0 ? 'hurts' : 'none';
  return { kind, difference: mean, low, high, pairs: pairs.length };
}
