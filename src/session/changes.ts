import type { OptionValue, OptionValues } from '../protocol/options.ts';
import type { RunSettings } from '../protocol/run.ts';

/** A setting that differs; `name` is that of its option, or `model` and `method`. */
export interface Change {
  name: string;
  from: OptionValue | undefined;
  to: OptionValue | undefined;
}

/** Every setting with the name of its option. */
export function flat({
  model,
  method,
  task,
  augmentation,
  fewShot,
  oldTask,
  cures,
  earlyStopping,
  ...rest
}: RunSettings): OptionValues {
  return {
    model: model.id,
    method: method.id,
    ...method.options,
    ...task,
    ...rest,
    ...augmentation,
    ...fewShot,
    ...oldTask,
    ...cures,
    ...earlyStopping,
  };
}

/** What is other in `after`, in the order of the settings. */
export function changesOf(before: RunSettings, after: RunSettings): Change[] {
  const [from, to] = [flat(before), flat(after)];
  const names = [...new Set([...Object.keys(to), ...Object.keys(from)])];
  return names
    .filter((name) => String(from[name]) !== String(to[name]))
    .map((name) => ({ name, from: from[name], to: to[name] }));
}
