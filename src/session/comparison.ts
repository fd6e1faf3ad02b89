import type { OptionValue, OptionValues } from '../protocol/options.ts';
import type { Monitor, RunSettings } from '../protocol/run.ts';
import { flat } from './changes.ts';
import { asSetUp } from './defaults.ts';
import { extreme } from './series.ts';
import type { RunRecord } from './store.ts';

/** Settings that say how a run was drawn, not what it tried. */
const CHANCE: ReadonlySet<string> = new Set(['seed', 'draw', 'inside']);

const flattened = new WeakMap<RunSettings, OptionValues>();

/** Every setting by the name of its option; worked out once for settings that stay the same. */
export function settingValues(settings: RunSettings): OptionValues {
  const known = flattened.get(settings) ?? flat(asSetUp(settings));
  flattened.set(settings, known);
  return known;
}

/** Names of the settings that are not the same in all runs, in the order of the settings. */
export function differing(runs: readonly Pick<RunRecord, 'settings'>[]): string[] {
  const all = runs.map(({ settings }) => settingValues(settings));
  const names = [...new Set(all.flatMap((values) => Object.keys(values)))];
  return names.filter((name) => new Set(all.map((values) => String(values[name]))).size > 1);
}

/** Settings that tell runs of one model and method apart come after these. */
const FIRST = ['model', 'method'] as const;

/**
 * What each run is named by: its model and its method where the runs have several, then the settings that tell it from
 * those that share both: not those of chance, unless they alone do.
 */
export function namesOf<R extends Pick<RunRecord, 'settings'>>(runs: readonly R[]): Map<R, [string, OptionValue][]> {
  return namedBy(runs, FIRST);
}

function namedBy<R extends Pick<RunRecord, 'settings'>>(
  runs: readonly R[],
  [first, ...rest]: readonly (typeof FIRST)[number][],
): Map<R, [string, OptionValue][]> {
  const own = (run: R, name: string) => settingValues(run.settings)[name];
  if (first === undefined) {
    const names = differing(runs);
    const wanted = names.filter((name) => !CHANCE.has(name));
    const told = wanted.length > 0 ? wanted : names;
    return new Map(
      runs.map((run) => [run, told.flatMap((name) => (own(run, name) === undefined ? [] : [[name, own(run, name)!]]))]),
    );
  }
  const values = [...new Set(runs.map((run) => own(run, first)!))];
  if (values.length < 2) return namedBy(runs, rest);
  return new Map(
    values.flatMap((value) => {
      const alikes = runs.filter((run) => own(run, first) === value);
      return [...namedBy(alikes, rest)].map(([run, told]) => [run, [[first, value], ...told]] as const);
    }),
  );
}

/** Names of the settings that are not the same in all runs that have them. */
export function contrasted(runs: readonly Pick<RunRecord, 'settings'>[]): string[] {
  const all = runs.map(({ settings }) => settingValues(settings));
  return differing(runs).filter((name) => new Set(all.flatMap((v) => (name in v ? [String(v[name])] : []))).size > 1);
}

/** A run's value of a setting, by the name of its option. */
export const settingOf = (settings: RunSettings, name: string): OptionValue | undefined =>
  settingValues(settings)[name];

/** What a run came to and what it cost. Judged on validation: the test set has no say in a choice between runs. */
export interface RunFigures {
  /** At the epoch whose weights are kept. */
  accuracy: number | undefined;
  loss: number | undefined;
  /** Examples, or tokens, that the accuracy is a share of. */
  examples: number;
  /** Weights that moved. */
  trainable: number;
  /** Seconds of training until its end, and until the best epoch. */
  seconds: number;
  toBest: number | undefined;
  /** The most that it held on the device at once. */
  bytes: number;
  epochs: number;
  /** What the old task's share changed by, from its first look to the epoch whose weights are kept. */
  old: number | undefined;
}

export const FIGURES = ['accuracy', 'loss', 'old', 'trainable', 'seconds', 'bytes', 'epochs'] as const;
export type FigureId = (typeof FIGURES)[number];

/** Whether less is better. */
export const LESS_IS_BETTER: Readonly<Record<FigureId, boolean>> = {
  accuracy: false,
  loss: true,
  old: false,
  trainable: true,
  seconds: true,
  bytes: true,
  epochs: true,
};

export function figuresOf({ validation, train, old, status }: RunRecord): RunFigures {
  const { columns, length } = validation;
  const kept = status.best
    ? columns.step.subarray(0, length).lastIndexOf(status.best.step)
    : extreme(validation, 'loss', 'min');
  const at = (column: 'accuracy' | 'loss' | 'seconds') => {
    const value = kept < 0 ? Number.NaN : columns[column][kept]!;
    return Number.isNaN(value) ? undefined : value;
  };
  const lastSeconds = (series: RunRecord['train']) =>
    series.length > 0 ? series.columns.seconds[series.length - 1]! : 0;
  return {
    accuracy: at('accuracy'),
    loss: at('loss'),
    examples: kept < 0 ? 0 : columns.examples[kept]!,
    trainable: status.trainable,
    seconds: Math.max(lastSeconds(train), lastSeconds(validation)),
    toBest: at('seconds'),
    // a run that an earlier version kept has no figure of its own
    bytes: status.peakBytes || status.memoryBytes,
    epochs: status.epoch,
    old: changeOf(old, kept < 0 ? 0 : columns.step[kept]!),
  };
}

/** Right answers on the test set, as a share; undefined of a run that was not judged. */
export const testShare = ({ evaluation, generation, tested }: RunRecord): number | undefined =>
  evaluation?.accuracy ?? generation?.tokenAccuracy ?? tested;

/** Of the share that is right, from the first point to the last one up to a step. */
function changeOf({ columns, length }: RunRecord['old'], step: number): number | undefined {
  const last = columns.step.subarray(0, length).findLastIndex((each) => each <= step);
  return last < 0 ? undefined : columns.accuracy[last]! - columns.accuracy[0]!;
}

/** A run's monitored value so far at its best: what a search goes by. */
export function monitored({ status, settings }: RunRecord): { monitor: Monitor; value: number | undefined } {
  return { monitor: settings.earlyStopping.monitor, value: status.best?.value };
}

/** Runs that tried the same: alike in all settings but those of chance. In the order of their first. */
export function alike(runs: readonly RunRecord[]): RunRecord[][] {
  const groups = new Map<string, RunRecord[]>();
  for (const run of runs) {
    const key = JSON.stringify(Object.entries(settingValues(run.settings)).filter(([name]) => !CHANCE.has(name)));
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()];
}
