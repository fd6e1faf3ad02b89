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

/** Probability that Student's t lies between -t and t (Abramowitz and Stegun 1964, 26.7.3 and 26.7.4). */
function withinT(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees));
  const cos2 = Math.cos(angle) ** 2;
  const odd = degrees % 2 === 1;
  let term = odd ? Math.cos(angle) : 1;
  let sum = 0;
  for (let k = odd ? 2 : 1; k < degrees; k += 2) {
    sum += term;
    term *= (k / (k + 1)) * cos2;
  }
  return odd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
}

/** The t that leaves 2.5 % in each tail, by halving. */
function t95(degrees: number): number {
  let [low, high] = [Z_95, 13];
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (withinT(middle, degrees) < 0.95) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Mean of a few repeated measurements with its 95 % interval by Student's t, which supposes that they are spread
 * normally. One value alone leaves everything possible; no value has no mean.
 */
export function meanInterval(values: readonly number[]): Interval & { mean: number } {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (count < 2) return { mean, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const half = t95(count - 1) * Math.sqrt(variance / count);
  return { mean, low: mean - half, high: mean + half };
}

/** Median and the interval around it that holds the true one with at least 95 %, by the order of the values alone. */
export function medianInterval(values: readonly number[]): Interval & { median: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const count = sorted.length;
  const middle = count >> 1;
  const median = count % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  // P(X <= k) of Binomial(count, 1/2): how likely k or fewer values lie below the median (Conover 1999, section 3.2)
  let [cut, term, tail] = [-1, 0.5 ** count, 0.5 ** count];
  while (2 * tail <= 0.05) {
    cut++;
    term *= (count - cut) / (cut + 1);
    tail += term;
  }
  if (cut < 0) return { median, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  return { median, low: sorted[cut]!, high: sorted[count - 1 - cut]! };
}
