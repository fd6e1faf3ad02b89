import { seedOf, uniform } from '../lib/random.ts';
import type { OptionSpec, OptionValue } from '../protocol/options.ts';
import type { EarlyStopping, RunSettings } from '../protocol/run.ts';

/** The form that a setting stands in: among those of training, or in a part of the settings. */
export type AxisPlace = 'training' | 'method' | 'task' | 'augmentation' | 'earlyStopping' | 'fewShot' | 'cures';

interface Range {
  min: number;
  max: number;
  scale: 'linear' | 'log';
  whole: boolean;
  /** What the option itself allows. */
  bounds?: readonly [number, number];
}

/** A setting that a search varies, and over what. Names are those of options. */
export interface Axis {
  name: string;
  place: AxisPlace;
  over: readonly OptionValue[] | Range;
}

/** One value of every axis, in the order of the axes. */
export type Candidate = readonly OptionValue[];

/** The settings with a candidate's values. */
export function withCandidate(settings: RunSettings, axes: readonly Axis[], candidate: Candidate): RunSettings {
  const picked = (place: AxisPlace) =>
    Object.fromEntries(axes.flatMap((axis, i) => (axis.place === place ? [[axis.name, candidate[i]!]] : [])));
  const { method, task, augmentation, earlyStopping, fewShot, cures } = settings;
  return {
    ...settings,
    ...picked('training'),
    method: { ...method, options: { ...method.options, ...picked('method') } },
    task: { ...task, ...picked('task') },
    augmentation: { ...augmentation, ...picked('augmentation') },
    earlyStopping: { ...earlyStopping, ...picked('earlyStopping') },
    fewShot: { ...fewShot, ...picked('fewShot') },
    cures: { ...cures, ...picked('cures') },
  };
}

/** So many values of an axis, evenly over its range, or all that are listed. */
export function valuesOf({ over }: Axis, count: number): readonly OptionValue[] {
  if (Array.isArray(over)) return over as readonly OptionValue[];
  const range = over as Range;
  const shares = Array.from({ length: count }, (_, i) => (count === 1 ? 0.5 : i / (count - 1)));
  return [...new Set(shares.map((share) => at(range, share)))];
}

/** Every combination; ranges are cut into `count` values each. */
export function grid(axes: readonly Axis[], count: number): Candidate[] {
  return axes.reduce<Candidate[]>(
    (rows, axis) => rows.flatMap((row) => valuesOf(axis, count).map((value) => [...row, value])),
    [[]],
  );
}

/** Candidates drawn from the seed, each axis by itself (Bergstra and Bengio 2012), no two the same. */
export function random(axes: readonly Axis[], count: number, seed: number): Candidate[] {
  const seen = new Map<string, Candidate>();
  // where there are fewer combinations than are asked for, drawing on would never end
  for (let i = 0; seen.size < count && i < 20 * count; i++) {
    const candidate = axes.map((axis): OptionValue => {
      const share = uniform(seedOf(seed, i, `search.${axis.name}`))();
      return isRange(axis.over) ? at(axis.over, share) : axis.over[Math.floor(share * axis.over.length)]!;
    });
    seen.set(JSON.stringify(candidate), candidate);
  }
  return [...seen.values()];
}

const isRange = (over: Axis['over']): over is Range => !Array.isArray(over);

/** The value at a share of a range; numbers that are not whole keep three digits. */
function at({ min, max, scale, whole }: Range, share: number): number {
  const value = scale === 'log' ? min * (max / min) ** share : min + (max - min) * share;
  return whole ? Math.round(value) : Number(value.toPrecision(3));
}

/** What a search may vary an option over, to begin with; undefined for what is no number, choice or switch. */
export function axisOf(spec: OptionSpec, place: AxisPlace): Axis | undefined {
  switch (spec.type) {
    case 'choice':
      return { name: spec.name, place, over: spec.choices };
    case 'switch':
      return { name: spec.name, place, over: [false, true] };
    case 'integer':
    case 'number': {
      const { name, min, max } = spec;
      const scale = spec.type === 'number' && spec.scale === 'log' ? 'log' : 'linear';
      return { name, place, over: { min, max, scale, whole: spec.type === 'integer', bounds: [min, max] } };
    }
    default:
      return undefined;
  }
}

/** What a range begins with where the value that stands is nothing, as a share of what the option allows. */
const FROM_NOTHING: Readonly<Partial<Record<AxisPlace, number>>> = { augmentation: 1 / 3, fewShot: 1 };

/** The same, a range drawn around the value that stands: ten times either way on a logarithmic scale, else four times. */
export function axisAround(spec: OptionSpec, value: OptionValue | undefined, place: AxisPlace): Axis | undefined {
  const axis = axisOf(spec, place);
  if (!axis || !isRange(axis.over) || typeof value !== 'number') return axis;
  const { min, max, scale, whole } = axis.over;
  const factor = scale === 'log' ? 10 : 4;
  // around nothing there is no factor: some of the way up
  const some = FROM_NOTHING[place] ?? 1 / 10;
  const [low, high] = value > 0 ? [value / factor, value * factor] : [min, min + some * (max - min)];
  const tidy = (end: number) => (whole ? Math.round(end) : Number(end.toPrecision(2)));
  return { ...axis, over: { ...axis.over, min: Math.max(min, tidy(low)), max: Math.min(max, tidy(high)) } };
}

/** Why an axis cannot be searched: nothing to choose from, a range that ends before it begins, or beyond what is allowed. */
export function wrongWith({ over }: Axis): 'empty' | 'range' | 'bounds' | undefined {
  if (!isRange(over)) return over.length === 0 ? 'empty' : undefined;
  const { min, max, scale, bounds: [least, most] = [min, max] } = over;
  if (!(min < max) || (scale === 'log' && min <= 0)) return 'range';
  return min < least || max > most ? 'bounds' : undefined;
}

/** A round of successive halving: so many candidates go on to the end of that epoch. */
export interface Rung {
  candidates: number;
  until: number;
}

/**
 * Successive halving (Jamieson and Talwalkar 2016): after each rung the best of every `eta` go on for `eta` times as many
 * epochs, the last ones to the end. `eta` 1 lets every candidate run to the end.
 */
export function rungs(candidates: number, epochs: number, eta: number): Rung[] {
  if (eta <= 1 || candidates <= 1) return [{ candidates, until: epochs }];
  const rounds = Math.min(
    Math.floor(Math.log(candidates) / Math.log(eta)),
    Math.floor(Math.log(epochs) / Math.log(eta)),
  );
  return Array.from({ length: rounds + 1 }, (_, i) => ({
    candidates: Math.max(1, Math.floor(candidates / eta ** i)),
    until: i === rounds ? epochs : Math.max(1, Math.floor(epochs / eta ** (rounds - i))),
  }));
}

/** The `count` best by their figure, in the order that they had; what has none goes first. */
export function survivors<T>(
  of: readonly T[],
  figure: (one: T) => number | undefined,
  better: 'min' | 'max',
  count: number,
): T[] {
  const sign = better === 'min' ? 1 : -1;
  const rank = (one: T): number => {
    const value = figure(one);
    return value === undefined || Number.isNaN(value) ? Number.POSITIVE_INFINITY : sign * value;
  };
  const kept = new Set([...of].sort((a, b) => rank(a) - rank(b)).slice(0, count));
  return of.filter((one) => kept.has(one));
}

/** Epochs that all rungs run together. */
export const epochsToRun = (rounds: readonly Rung[]): number =>
  rounds.reduce((sum, { candidates, until }, i) => sum + candidates * (until - (rounds[i - 1]?.until ?? 0)), 0);

/** Which way early stopping has its figure go. */
export const betterOf = ({ monitor, mode }: EarlyStopping): 'min' | 'max' =>
  mode === 'auto' ? (/loss/i.test(monitor) ? 'min' : 'max') : mode;
