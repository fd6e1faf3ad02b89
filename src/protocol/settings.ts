import type { Augmentation } from './augmentation.ts';
import type { DataKind } from './dataset.ts';
import { defaultsOf, type OptionSpec, type OptionValues } from './options.ts';
import {
  type Cures,
  type EarlyStopping,
  type FewShot,
  MONITORS,
  type OldTask,
  OPTIMIZERS,
  type OptimizerId,
  type RunSettings,
  SCHEDULES,
  type ScheduleId,
  STARTS,
  STOPPING_ACTS,
} from './run.ts';

/** An option that is for some runs alone: those on such data, with such answers, or with such an optimizer or schedule. */
type RunOption = OptionSpec & {
  name: keyof RunSettings;
  input?: DataKind;
  output?: 'class' | 'token';
  optimizers?: readonly OptimizerId[];
  schedules?: readonly ScheduleId[];
};

/** Settings of a run, as data for the form. Names are keys of `RunSettings`. */
export const TRAINING_OPTIONS = [
  { name: 'epochs', type: 'integer', default: 20, min: 1, max: 1000 },
  { name: 'batchSize', type: 'integer', default: 16, min: 1, max: 512 },
  { name: 'accumulate', type: 'integer', default: 1, min: 1, max: 64 },
  { name: 'optimizer', type: 'choice', default: 'adamw', choices: OPTIMIZERS },
  { name: 'learningRate', type: 'number', default: 1e-3, min: 1e-6, max: 1, scale: 'log' },
  { name: 'weightDecay', type: 'number', default: 0.01, min: 0, max: 1 },
  { name: 'l2', type: 'number', default: 0, min: 0, max: 1 },
  {
    name: 'momentum',
    type: 'number',
    default: 0.9,
    min: 0,
    max: 0.999,
    optimizers: ['sgd', 'rmsprop', 'muon'],
  },
  { name: 'schedule', type: 'choice', default: 'cosine', choices: SCHEDULES },
  { name: 'warmupSteps', type: 'integer', default: 0, min: 0, max: 100000 },
  { name: 'cycles', type: 'integer', default: 3, min: 1, max: 100, schedules: ['cosine-restarts'] },
  { name: 'power', type: 'number', default: 2, min: 0.1, max: 10, schedules: ['polynomial'] },
  { name: 'stepEpochs', type: 'integer', default: 5, min: 1, max: 1000, schedules: ['step'] },
  { name: 'gamma', type: 'number', default: 0.5, min: 0.01, max: 1, schedules: ['step', 'exponential', 'plateau'] },
  { name: 'plateauPatience', type: 'integer', default: 3, min: 0, max: 1000, schedules: ['plateau'] },
  { name: 'dropout', type: 'number', default: 0, min: 0, max: 0.9 },
  { name: 'stochasticDepth', type: 'number', default: 0, min: 0, max: 0.9 },
  { name: 'labelSmoothing', type: 'number', default: 0, min: 0, max: 0.5 },
  { name: 'classWeights', type: 'choice', default: 'none', choices: ['none', 'balanced'], output: 'class' },
  { name: 'clipNorm', type: 'number', default: 0, min: 0, max: 100 },
  { name: 'batchNorm', type: 'choice', default: 'inference', choices: ['inference', 'batch'], input: 'image' },
  { name: 'start', type: 'choice', default: 'pretrained', choices: STARTS },
  { name: 'tasks', type: 'integer', default: 1, min: 1, max: 20, output: 'class' },
  { name: 'cachePrefix', type: 'switch', default: true },
  { name: 'halfPrecisionCache', type: 'switch', default: false },
  { name: 'gradientCheckpointing', type: 'switch', default: false },
  { name: 'inside', type: 'switch', default: true },
  { name: 'seed', type: 'integer', default: 42, min: 0, max: 2 ** 31 - 1 },
] as const satisfies readonly RunOption[];

/** Whether an option means something beside the chosen optimizer and schedule. */
export const isInUse = (
  { optimizers, schedules }: RunOption,
  { optimizer, schedule }: Pick<RunSettings, 'optimizer' | 'schedule'>,
): boolean => (!optimizers || optimizers.includes(optimizer)) && (!schedules || schedules.includes(schedule));

/** Those that mean something to a task. */
export const trainingOptionsFor = (task: { input: DataKind; output: 'class' | 'token' }): readonly RunOption[] =>
  (TRAINING_OPTIONS as readonly RunOption[]).filter(
    ({ input = task.input, output = task.output }) => input === task.input && output === task.output,
  );

export const EARLY_STOPPING_OPTIONS = [
  { name: 'enabled', type: 'switch', default: true },
  { name: 'monitor', type: 'choice', default: 'validationLoss', choices: MONITORS },
  { name: 'mode', type: 'choice', default: 'auto', choices: ['auto', 'min', 'max'] },
  { name: 'patience', type: 'integer', default: 5, min: 0, max: 1000 },
  { name: 'minDelta', type: 'number', default: 0, min: 0, max: 1 },
  { name: 'startFromEpoch', type: 'integer', default: 0, min: 0, max: 1000 },
  { name: 'act', type: 'choice', default: 'stop', choices: STOPPING_ACTS },
  { name: 'restoreBest', type: 'switch', default: true },
] as const satisfies readonly (OptionSpec & { name: keyof RunSettings['earlyStopping'] })[];

/** Chances and strengths of what is done to training pictures; everything is off at its default. Names are keys of `Augmentation`. */
const IMAGE_AUGMENTATION = [
  { name: 'flipHorizontal', type: 'switch', default: false },
  { name: 'flipVertical', type: 'switch', default: false },
  { name: 'crop', type: 'number', default: 0, min: 0, max: 0.9 },
  { name: 'rotate', type: 'number', default: 0, min: 0, max: 180 },
  { name: 'colour', type: 'number', default: 0, min: 0, max: 1 },
  { name: 'erase', type: 'number', default: 0, min: 0, max: 1 },
  { name: 'mixup', type: 'number', default: 0, min: 0, max: 1 },
  { name: 'cutmix', type: 'number', default: 0, min: 0, max: 1 },
] as const satisfies readonly (OptionSpec & { name: keyof Augmentation })[];

const TEXT_AUGMENTATION = [
  { name: 'synonyms', type: 'number', default: 0, min: 0, max: 0.5 },
  { name: 'swap', type: 'number', default: 0, min: 0, max: 0.5 },
  { name: 'deletion', type: 'number', default: 0, min: 0, max: 0.5 },
] as const satisfies readonly (OptionSpec & { name: keyof Augmentation })[];

const VIEWS = { name: 'views', type: 'integer', default: 4, min: 1, max: 32 } as const;

/** What can be done to the training examples of a kind. */
export const AUGMENTATIONS = {
  image: [...IMAGE_AUGMENTATION, VIEWS],
  text: [...TEXT_AUGMENTATION, VIEWS],
} as const satisfies Record<DataKind, readonly OptionSpec[]>;

/** All of them. */
export const AUGMENTATION_OPTIONS = [...IMAGE_AUGMENTATION, ...TEXT_AUGMENTATION, VIEWS] as const;

/** Without what concerns another kind of data. */
export const augmentationFor = (kind: DataKind, augmentation: Augmentation): Augmentation => {
  const own = new Set<string>(AUGMENTATIONS[kind].map(({ name }) => name));
  const others = AUGMENTATION_OPTIONS.filter(({ name }) => !own.has(name));
  return { ...augmentation, ...defaultsOf(others) };
};

/** A run on few examples. Names are keys of `FewShot`. */
export const FEW_SHOT_OPTIONS = [
  { name: 'examplesPerClass', type: 'integer', default: 0, min: 0, max: 16 },
  { name: 'draw', type: 'integer', default: 0, min: 0, max: 99 },
  { name: 'share', type: 'number', default: 1, min: 0.01, max: 1 },
] as const satisfies readonly (OptionSpec & { name: keyof RunSettings['fewShot'] })[];

/** Names are keys of `OldTask`. */
export const OLD_TASK_OPTIONS = [
  { name: 'watch', type: 'switch', default: true },
  { name: 'every', type: 'integer', default: 0, min: 0, max: 1000 },
] as const satisfies readonly (OptionSpec & { name: keyof OldTask })[];

/** Strengths of what holds on to the old task. Names are keys of `Cures`; 0 is off. */
export const CURE_OPTIONS = [
  { name: 'replay', type: 'number', default: 0, min: 0, max: 0.8 },
  { name: 'l2sp', type: 'number', default: 0, min: 0, max: 1e3 },
  { name: 'ewc', type: 'number', default: 0, min: 0, max: 1e7 },
  { name: 'lwf', type: 'number', default: 0, min: 0, max: 1e3 },
] as const satisfies readonly (OptionSpec & { name: keyof Cures })[];

/** Everything of a run's settings but model, method and task, option by option: `read` gives the values of a form. */
export function optionSettings(
  read: (
    specs: readonly OptionSpec[],
    form?: 'augmentation' | 'fewShot' | 'oldTask' | 'cures' | 'earlyStopping',
  ) => OptionValues,
): Omit<RunSettings, 'model' | 'method' | 'task'> {
  return {
    ...(read(TRAINING_OPTIONS) as unknown as Omit<RunSettings, 'model' | 'method' | 'task'>),
    augmentation: read(AUGMENTATION_OPTIONS, 'augmentation') as unknown as Augmentation,
    fewShot: read(FEW_SHOT_OPTIONS, 'fewShot') as unknown as FewShot,
    oldTask: read(OLD_TASK_OPTIONS, 'oldTask') as unknown as OldTask,
    cures: read(CURE_OPTIONS, 'cures') as unknown as Cures,
    earlyStopping: read(EARLY_STOPPING_OPTIONS, 'earlyStopping') as unknown as EarlyStopping,
  };
}

/** Every option at its default. */
export const defaultSettings = (): Omit<RunSettings, 'model' | 'method' | 'task'> => optionSettings(defaultsOf);

/** Settings that an earlier version kept, with the defaults of what it did not know. */
export function withDefaults(settings: RunSettings): RunSettings {
  const defaults = defaultSettings();
  const { augmentation, fewShot, oldTask, cures, earlyStopping } = settings;
  return {
    ...defaults,
    ...settings,
    augmentation: { ...defaults.augmentation, ...augmentation },
    fewShot: { ...defaults.fewShot, ...fewShot },
    oldTask: { ...defaults.oldTask, ...oldTask },
    cures: { ...defaults.cures, ...cures },
    earlyStopping: { ...defaults.earlyStopping, ...earlyStopping },
  };
}
