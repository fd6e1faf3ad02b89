import { seedOf, uniform } from '../lib/random.ts';
import type { OptionSpec, OptionValue } from '../protocol/options.ts';
import type { EarlyStopping, RunSettings } from '../protocol/run.ts';

/** A setting that a search varies, and over what. Names are those of options; `methodOption` marks one of the method's. */
export interface Axis {
  name: string;
  methodOption: boolean;
  over: readonly OptionValue[] | { min: number; max: number; scale: 'linear' | 'log'; whole: boolean };
}

/** One value of every axis, in the order of the axes. */
export type Candidate = readonly OptionValue[];

/** The settings with a candidate's values. */
export function withCandidate(settings: RunSettings, axes: readonly Axis[], candidate: Candidate): RunSettings {
  const picked = (own: boolean) =>
    Object.fromEntries(axes.flatMap((axis, i) => (axis.methodOption === own ? [[axis.name, candidate[i]!]] : [])));
  const { method } = settings;
  return { ...settings, ...picked(false), method: { ...method, options: { ...method.options, ...picked(true) } } };
}

/** So many values of an axis, evenly over its range, or all that are listed. */
export function valuesOf({ over }: Axis, count: number): readonly OptionValue[] {
  if (Array.isArray(over)) return over as readonly OptionValue[];
  const range = over as Exclude<Axis['over'], readonly OptionValue[]>;
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

const isRange = (over: Axis['over']): over is Exclude<Axis['over'], readonly OptionValue[]> => !Array.isArray(over);

/** The value at a share of a range; numbers that are not whole keep three digits. */
function at({ min, max, scale, whole }: Exclude<Axis['over'], readonly OptionValue[]>, share: number): number {
  const value = scale === 'log' ? min * (max / min) ** share : min + (max - min) * share;
  return whole ? Math.round(value) : Number(value.toPrecision(3));
}

/** What a search may vary an option over, to begin with; undefined for what is no number, choice or switch. */
export function axisOf(spec: OptionSpec, methodOption: boolean): Axis | undefined {
  switch (spec.type) {
    case 'choice':
      return { name: spec.name, methodOption, over: spec.choices };
    case 'switch':
      return { name: spec.name, methodOption, over: [false, true] };
    case 'integer':
    case 'number': {
      const { name, min, max } = spec;
      const scale = spec.type === 'number' && spec.scale === 'log' ? 'log' : 'linear';
      return { name, methodOption, over: { min, max, scale, whole: spec.type === 'integer' } };
    }
    default:
      return undefined;
  }
}

/** The same, a range drawn around the value that stands: ten times either way on a logarithmic scale, else four times. */
export function axisAround(spec: OptionSpec, value: OptionValue | undefined, methodOption: boolean): Axis | undefined {
  const axis = axisOf(spec, methodOption);
  if (!axis || !isRange(axis.over) || typeof value !== 'number') return axis;
  const { min, max, scale, whole } = axis.over;
  const factor = scale === 'log' ? 10 : 4;
  // around nothing there is no factor: a tenth of the way up
  const [low, high] = value > 0 ? [value / factor, value * factor] : [min, min + (max - min) / 10];
  const tidy = (end: number) => (whole ? Math.round(end) : Number(end.toPrecision(2)));
  return { ...axis, over: { min: Math.max(min, tidy(low)), max: Math.min(max, tidy(high)), scale, whole } };
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
