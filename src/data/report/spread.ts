/** The middle value, the higher of two; 0 of none. */
export const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/** Of a median absolute deviation to the standard deviation of a normal distribution. */
const NORMAL = 1.4826;

/** Median absolute deviation (Hampel 1974) from `middle`, scaled to a normal distribution's standard deviation. */
export const spread = (values: readonly number[], middle: number): number =>
  NORMAL * median(values.map((value) => Math.abs(value - middle)));
