import type { InsideLook, InsideMetric, InsideShape } from '@/protocol/inside.ts';

/**
 * Ten stops of matplotlib's viridis (van der Walt and Smith 2015): its lightness rises evenly, so that it reads in grey and
 * to colour-blind eyes, and no end of it is lost on a light or a dark page.
 */
const VIRIDIS = [
  [68, 1, 84],
  [72, 40, 120],
  [62, 73, 137],
  [49, 104, 142],
  [38, 130, 142],
  [31, 158, 137],
  [53, 183, 121],
  [110, 206, 88],
  [181, 222, 43],
  [253, 231, 37],
] as const;

/** The scale's colours from least to most, for a legend. */
export const SCALE_GRADIENT = `linear-gradient(to right, ${VIRIDIS.map((stop) => `rgb(${stop.join(' ')})`).join(', ')})`;

/** Colour of a place on the scale, from 0 to 1. */
export function colorAt(place: number): string {
  const at = Math.min(1, Math.max(0, place)) * (VIRIDIS.length - 1);
  const [low, high] = [VIRIDIS[Math.floor(at)]!, VIRIDIS[Math.ceil(at)]!];
  const share = at - Math.floor(at);
  return `rgb(${low.map((value, i) => Math.round(value + share * (high[i]! - value))).join(' ')})`;
}

/** Values that span more than this are told apart by their logarithms. */
const SPAN = 30;

export interface Scale {
  low: number;
  high: number;
  kind: 'linear' | 'log';
  /** From 0 to 1. */
  place(value: number): number;
}

/** Over all that is more than zero; undefined where nothing is. */
export function scaleOf(values: Iterable<number>): Scale | undefined {
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  for (const value of values) {
    if (!(value > 0) || !Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (high === 0) return undefined;
  if (high / low <= SPAN) return { low: 0, high, kind: 'linear', place: (value) => value / high };
  const [from, to] = [Math.log(low), Math.log(high)];
  return { low, high, kind: 'log', place: (value) => (Math.log(value) - from) / (to - from) };
}

/** Figures of a stage, one a look. */
export const stageValues = (looks: readonly InsideLook[], metric: InsideMetric, stage: number): number[] =>
  looks.map(({ stages }) => stages[metric][stage]!);

/** Figures of a weight; units are counted by stage alone. */
export const weightValues = (
  looks: readonly InsideLook[],
  metric: Exclude<InsideMetric, 'dead'>,
  weight: number,
): number[] => looks.map(({ weights }) => weights[metric][weight]!);

/** One scale for a metric along a run, whatever rows are open. */
export function metricScale(looks: readonly InsideLook[], { stages, weights }: InsideShape, metric: InsideMetric) {
  const ofStages = stages.flatMap((_, stage) => stageValues(looks, metric, stage));
  if (metric === 'dead') return scaleOf(ofStages);
  return scaleOf([...ofStages, ...weights.flatMap((_, weight) => weightValues(looks, metric, weight))]);
}

/** The stage with the greatest figure at a look; undefined where none has any. */
export function greatest({ stages }: InsideLook, metric: InsideMetric): { stage: number; value: number } | undefined {
  let found: { stage: number; value: number } | undefined;
  stages[metric].forEach((value, stage) => {
    if (value > 0 && !(found && found.value >= value)) found = { stage, value };
  });
  return found;
}
