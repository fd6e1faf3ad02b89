import { downsample, type Series } from '@/session/series.ts';
import { logTicks } from '../panels/curves/ticks.ts';

export type LineMetric = 'loss' | 'accuracy';
export type LineAxis = 'epoch' | 'seconds';

/** A line's places in the units of its axes. */
export interface Line {
  x: Float64Array;
  y: Float64Array;
}

/** Points that are drawn of a line: about as many as a chart has pixels. */
const DRAWN = 400;

const made = new WeakMap<Series, Map<string, Line>>();

/** A run's line, worked out once as long as no point comes: ten runs of 10,000 points are drawn many times over. */
export function lineOf(series: Series, metric: LineMetric, axis: LineAxis): Line {
  const known = made.get(series) ?? new Map<string, Line>();
  made.set(series, known);
  const key = `${metric}/${axis}`;
  const line = known.get(key) ?? thinned(series, metric, axis);
  known.set(key, line);
  return line;
}

/** Without what is no number. */
function thinned({ columns, length }: Series, metric: LineMetric, axis: LineAxis): Line {
  const [xs, ys] = [columns[axis].subarray(0, length), columns[metric].subarray(0, length)];
  const picked = downsample(ys, DRAWN).filter((i) => Number.isFinite(ys[i]!));
  return { x: Float64Array.from(picked, (i) => xs[i]!), y: Float64Array.from(picked, (i) => ys[i]!) };
}

/** Of several lines. */
export interface Domain {
  end: number;
  low: number;
  high: number;
  ticks: number[];
}

/** Axes with room for all lines; a loss that grows beyond three times where the highest begins leaves through the top. */
export function domainOf(lines: readonly Line[], metric: LineMetric): Domain {
  let [end, low, high, begin] = [0, Number.POSITIVE_INFINITY, 0, 0];
  for (const { x, y } of lines) {
    end = Math.max(end, x.at(-1) ?? 0);
    begin = Math.max(begin, y[0] ?? 0);
    for (const value of y) {
      if (value > 0) low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (metric === 'accuracy') return { end: end || 1, low: 0, high: 1, ticks: [0, 0.25, 0.5, 0.75, 1] };
  if (!Number.isFinite(low)) return { end: end || 1, low: 0.1, high: 1, ticks: [0.1, 1] };
  const top = 1.1 * Math.max(low * 1.5, begin > 0 ? Math.min(high, 3 * begin) : high);
  return { end: end || 1, low: low / 1.1, high: top, ticks: logTicks(low / 1.1, top) };
}

/** The value at the last point up to `x`. */
export function valueAt({ x, y }: Line, at: number): number | undefined {
  let [from, to] = [0, x.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (x[middle]! <= at) from = middle + 1;
    else to = middle;
  }
  return from > 0 ? y[from - 1] : undefined;
}

/** Heights of labels pushed apart to `gap`, in their order, within [top, bottom]. */
export function spread(wanted: readonly number[], gap: number, top: number, bottom: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]!);
  const placed = [...wanted];
  let free = top;
  for (const i of order) {
    placed[i] = Math.max(free, placed[i]!);
    free = placed[i]! + gap;
  }
  let limit = bottom;
  for (const i of order.toReversed()) {
    placed[i] = Math.min(limit, placed[i]!);
    limit = placed[i]! - gap;
  }
  return placed;
}
