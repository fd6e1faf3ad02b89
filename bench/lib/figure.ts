/** One figure that must be reached, as it was measured. */
export interface Figure {
  what: string;
  /** The figure must be at most, or at least, so much. */
  target: { at: 'most' | 'least'; value: number };
  unit: Unit;
  samples: readonly number[];
  /** Which of the samples decides: the worst where a single bad one is a miss. */
  decides: 'median' | 'worst';
  /** Where it was computed: backend, threads, browser or Node. */
  on: string;
  /** What the figure is made of, a line each. */
  details: readonly string[];
}
export type Unit = 's' | 'ms' | 'x' | '%' | 'B' | 'KB' | 'MB' | 'tensors' | 'scripts' | 'tokens/s' | Counted;
/** Of what a training step asks of a GPU. */
type Counted = 'dispatches' | 'buffers' | 'reads';

export interface Bench {
  name: string;
  /** `rounds`: how often to repeat. */
  measure(rounds: number | undefined): Promise<Figure[]>;
}

export interface Spread {
  median: number;
  min: number;
  max: number;
}

export function spread(samples: readonly number[]): Spread {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)! };
}

/** The measured value that is held against the target. */
export function decisive({ samples, decides, target }: Figure): number {
  const { median, min, max } = spread(samples);
  if (decides === 'median') return median;
  return target.at === 'most' ? max : min;
}

export const passes = (figure: Figure): boolean =>
  figure.target.at === 'most' ? decisive(figure) <= figure.target.value : decisive(figure) >= figure.target.value;

const DIGITS: Partial<Record<Unit, number>> = { s: 2, x: 1 };

const show = (value: number, unit: Unit): string => value.toFixed(DIGITS[unit] ?? 0);

/** `2.31 s (2.20–2.55)` */
export function withSpread(samples: readonly number[], unit: Unit): string {
  const { median, min, max } = spread(samples);
  const range = samples.length > 1 ? ` (${show(min, unit)}–${show(max, unit)})` : '';
  return `${show(median, unit)} ${unit}${range}`;
}

export const targetWords = ({ target, unit }: Figure): string => {
  const digits = Number.isInteger(target.value) ? 0 : (DIGITS[unit] ?? 0);
  return `at ${target.at} ${target.value.toFixed(digits)} ${unit}`;
};
