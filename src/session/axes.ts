import { CURE_METAS } from '../cures/metas.ts';
import { METHOD_METAS, type MethodId } from '../methods/metas.ts';
import type { OptionSpec } from '../protocol/options.ts';
import { CURES, type CureId, type RunSettings } from '../protocol/run.ts';
import {
  AUGMENTATIONS,
  CURE_OPTIONS,
  EARLY_STOPPING_OPTIONS,
  FEW_SHOT_OPTIONS,
  isInUse,
  trainingOptionsFor,
} from '../protocol/settings.ts';
import { settingValues } from './comparison.ts';
import { taskOf } from './defaults.ts';
import { type Axis, type AxisPlace, axisAround } from './search.ts';

/** What is no matter of better or worse, what a search itself decides, and what changes what runs are judged by. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'seed',
  'draw',
  'epochs',
  'cachePrefix',
  'halfPrecisionCache',
  'gradientCheckpointing',
  'inside',
  'tasks',
  'monitor',
  'mode',
  'restoreBest',
  'act',
  'template',
  'answerOnly',
]);

/** Every setting that these have, by the form that it stands in. */
function specsOf(settings: RunSettings): Readonly<Record<AxisPlace, readonly OptionSpec[]>> {
  const task = taskOf(settings);
  return {
    training: trainingOptionsFor(task).filter((option) => isInUse(option, settings)),
    method: METHOD_METAS[settings.method.id as MethodId].options,
    task: task.options,
    augmentation: task.alters ? AUGMENTATIONS[task.input] : [],
    earlyStopping: EARLY_STOPPING_OPTIONS,
    fewShot: task.output === 'class' ? FEW_SHOT_OPTIONS : [],
    cures: CURE_OPTIONS,
  };
}

const isCure = (name: string): name is CureId => (CURES as readonly string[]).includes(name);

/** What can be varied with these settings, each around the value that stands. */
export function axesFor(settings: RunSettings): Axis[] {
  const values = settingValues(settings);
  // a cure that is off has a strength to begin with
  const beginsAt = (name: string) => (isCure(name) && !values[name] ? CURE_METAS[name].start : values[name]);
  return Object.entries(specsOf(settings)).flatMap(([place, specs]) =>
    specs
      .filter(({ name }) => !LEFT_OUT.has(name))
      .flatMap((spec) => axisAround(spec, beginsAt(spec.name), place as AxisPlace) ?? []),
  );
}
