/** Quantile of the standard normal distribution that leaves 2.5 % in each tail. */
const Z_95 = 1.959963984540054;

export interface Interval {
  low: number;
  high: number;
}

/**
 * Wilson's score interval of a share (Wilson 1927): it stays inside [0, 1] and holds for few examples and for shares
 * near 0 and 1, where the textbook interval fails. No examples leave everything possible.
 */
export function wilsonInterval(successes: number, examples: number, z: number = Z_95): Interval {
  if (examples <= 0) return { low: 0, high: 1 };
  const share = successes / examples;
  const z2 = (z * z) / examples;
  const centre = (share + z2 / 2) / (1 + z2);
  const half = (z / (1 + z2)) * Math.sqrt((share * (1 - share)) / examples + z2 / (4 * examples));
  // rounding must not leave the share outside
  return { low: Math.min(share, Math.max(0, centre - half)), high: Math.max(share, Math.min(1, centre + half)) };
}

/** 97.5 % quantiles of Student's t by degrees of freedom, from 1 (Student 1908; any table). */
const T_95 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/**
 * Mean of a few repeated measurements with its 95 % interval by Student's t, which supposes that they are spread
 * normally. One value alone leaves everything possible; no value has no mean.
 */
export function meanInterval(values: readonly number[]): Interval & { mean: number } {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (count < 2) return { mean, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const half = (T_95[count - 2] ?? Z_95) * Math.sqrt(variance / count);
  return { mean, low: mean - half, high: mean + half };
}
