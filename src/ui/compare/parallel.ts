import type { OptionValue } from '@/protocol/options.ts';

/** One upright axis of a parallel-coordinates picture. */
export interface UprightAxis {
  name: string;
  /** Where a value stands, 0 at the foot and 1 at the top; undefined for what has no place. */
  at(value: OptionValue | undefined): number | undefined;
  ticks: readonly OptionValue[];
}

/** Ranges wider than this are drawn by their logarithm. */
const WIDE = 20;

/** The axis of a setting over the values that runs had of it: numbers by their size, others in a row. */
export function axisOver(name: string, values: readonly (OptionValue | undefined)[]): UprightAxis {
  const own = values.filter((value) => value !== undefined);
  const numbers = own.filter((value) => typeof value === 'number');
  if (numbers.length < own.length || own.length === 0) return inRow(name, own);
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const log = low > 0 && high / low > WIDE;
  const scale = (value: number) => (log ? Math.log(value) : value);
  const span = scale(high) - scale(low);
  const middle = Number((log ? Math.sqrt(low * high) : (low + high) / 2).toPrecision(3));
  const distinct = [...new Set(numbers)].sort((a, b) => a - b);
  return {
    name,
    at: (value) =>
      typeof value !== 'number' || Number.isNaN(value)
        ? undefined
        : span > 0
          ? (scale(value) - scale(low)) / span
          : 0.5,
    ticks: distinct.length <= 5 ? distinct : [low, middle, high],
  };
}

function inRow(name: string, values: readonly OptionValue[]): UprightAxis {
  const distinct = [...new Map(values.map((value) => [String(value), value])).values()];
  const places = new Map(
    distinct.map((value, i) => [String(value), distinct.length > 1 ? i / (distinct.length - 1) : 0.5]),
  );
  return { name, at: (value) => (value === undefined ? undefined : places.get(String(value))), ticks: distinct };
}

/** What of each axis is picked out: shares from the foot, lower one first. */
export type Brushes = Readonly<Record<string, readonly [number, number]>>;

/** Whether a line goes through everything that is picked out. */
export const passes = (
  axes: readonly UprightAxis[],
  value: (name: string) => OptionValue | undefined,
  brushes: Brushes,
): boolean =>
  axes.every(({ name, at }) => {
    const brush = brushes[name];
    if (!brush) return true;
    const place = at(value(name));
    return place !== undefined && place >= brush[0] && place <= brush[1];
  });
