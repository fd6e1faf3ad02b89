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
