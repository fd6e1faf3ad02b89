import { withoutAugmentation } from '../advice/augmentation.ts';
import { METHOD_METAS, type MethodId } from '../methods/metas.ts';
import type { ModelMeta } from '../models/meta.ts';
import { MODEL_METAS } from '../models/metas.ts';
import type { DatasetSummary } from '../protocol/dataset.ts';
import type { ModelRef, ModelSummary, ShippedModel } from '../protocol/model.ts';
import { defaultsOf } from '../protocol/options.ts';
import type { FewShot, OptimizerId, RunSettings, ScheduleId } from '../protocol/run.ts';
import {
  augmentationFor,
  defaultSettings,
  FEW_SHOT_OPTIONS,
  TRAINING_OPTIONS,
  trainingOptionsFor,
} from '../protocol/settings.ts';
import type { TaskMeta } from '../tasks/meta.ts';
import { TASK_METAS } from '../tasks/metas.ts';

/** Every setting at the default of its option. */
export function initialSettings(): RunSettings {
  return {
    ...defaultSettings(),
    model: { kind: 'shipped', id: 'efficientnet-lite0' },
    method: methodDefaults('head'),
    task: {},
    learningRate: METHOD_METAS.head.learningRate,
  };
}

export const methodDefaults = (id: MethodId): RunSettings['method'] => ({
  id,
  options: defaultsOf(METHOD_METAS[id].options),
});

/** Parameters of which all can be trained on a common device: weights, gradients and two moments are 16 bytes each. */
const FULL_AT_MOST = 50e6;

/** What a model is begun with: a new head; where it is tied, which leaves next to nothing to train, the whole model. */
export function firstMethod(model: ModelSummary | undefined): MethodId {
  if (!model?.tiedHead) return 'head';
  return model.parameters <= FULL_AT_MOST ? 'full' : 'lora';
}

/** Settings for a first run with this model on so many training examples. */
export function settingsFor(settings: RunSettings, model: ModelRef, trainingExamples: number): RunSettings {
  const batchSize = trainingExamples >= 320 ? 32 : trainingExamples >= 64 ? 16 : 8;
  return { ...settings, model, batchSize };
}

/** What a data set is for. */
export const taskFor = (dataset: DatasetSummary): TaskMeta =>
  TASK_METAS[dataset.kind === 'text' ? dataset.task : 'image-classification'];

/** Whether models of a task take another one's data. */
export const serves = (task: string, wanted: string): boolean =>
  task === wanted || (taskMeta(task)?.takes ?? []).includes(wanted);

/** What a model does with a data set: its own task where it takes such data, else what the data is for. */
export const taskOn = (dataset: DatasetSummary, model: ModelSummary | undefined): TaskMeta => {
  const wanted = taskFor(dataset);
  return (model && serves(model.task, wanted.id) && taskMeta(model.task)) || wanted;
};

/** Models that the site hosts and that take a task's data, those for it first. */
export function shippedFor(task: string): readonly ShippedModel[] {
  const metas = Object.values<ModelMeta>(MODEL_METAS).filter((meta) => serves(meta.task, task));
  const own = (meta: ModelMeta) => Number(meta.task !== task);
  return metas.toSorted((a, b) => own(a) - own(b)).flatMap(({ shipped }) => shipped);
}

/** The model that a data set begins with: the chosen one where it is for such data, else the first such that is shipped. */
export function modelFor(dataset: DatasetSummary, chosen: ModelRef, open: ModelSummary | undefined): ModelRef {
  const wanted = taskFor(dataset).id;
  const shipped = shippedFor(wanted);
  const fits =
    chosen.kind === 'shipped'
      ? shipped.some(({ id }) => id === chosen.id)
      : open !== undefined && serves(open.task, wanted) && open.ref.id === chosen.id;
  return fits || !shipped[0] ? chosen : { kind: 'shipped', id: shipped[0].id };
}

/** What a model is for, known before its weights are here. */
export const taskOfModel = ({ kind, id }: ModelRef, imported: readonly ModelSummary[]): string | undefined =>
  kind === 'shipped'
    ? Object.values<ModelMeta>(MODEL_METAS).find(({ shipped }) => shipped.some((one) => one.id === id))?.task
    : imported.find(({ ref }) => ref.id === id)?.task;

/** What a run is for, by the options that it has of its task. */
export function taskOf({ task }: Pick<RunSettings, 'task'>): TaskMeta {
  // by most of its options, not all: settings that an earlier version kept lack those that came since
  const known = ({ options }: TaskMeta) => options.filter(({ name }) => name in task).length;
  return Object.values<TaskMeta>(TASK_METAS).reduce<TaskMeta>(
    (best, meta) => (known(meta) > known(best) ? meta : best),
    TASK_METAS['image-classification'],
  );
}

/** What suits an optimizer: its learning rate as a multiple of AdamW's, and settings that go with it. */
const OPTIMIZER_DEFAULTS: Readonly<
  Record<OptimizerId, { rate: number } & Pick<RunSettings, 'weightDecay' | 'momentum'>>
> = {
  adamw: { rate: 1, weightDecay: 0.01, momentum: 0.9 },
  adam: { rate: 1, weightDecay: 0, momentum: 0.9 },
  sgd: { rate: 10, weightDecay: 0.01, momentum: 0.9 },
  rmsprop: { rate: 1, weightDecay: 0, momentum: 0 },
  /** Chen et al. 2023, section 5: a rate 3 to 10 times smaller, and as many times the decay. */
  lion: { rate: 1 / 3, weightDecay: 0.03, momentum: 0.9 },
  /** Its updates have the size of AdamW's (`nn/optimizers/muon.ts`). */
  muon: { rate: 1, weightDecay: 0.01, momentum: 0.95 },
};
/** What suits a schedule. */
const SCHEDULE_DEFAULTS: Readonly<Partial<Record<ScheduleId, Partial<RunSettings>>>> = {
  step: { gamma: 0.5 },
  exponential: { gamma: 0.85 },
  plateau: { gamma: 0.5 },
};

const twoDigits = (rate: number): number => Number(rate.toPrecision(2));

/** A run's settings as a person set them up: without the text that its method wrote before every question. */
export const asSetUp = (settings: RunSettings): RunSettings =>
  settings.method.id === 'prompt-design' ? { ...settings, task: { ...settings.task, preamble: '' } } : settings;

/** Another optimizer, with a learning rate as much higher or lower as suits it. */
export function withOptimizer(settings: RunSettings, optimizer: OptimizerId): RunSettings {
  const { rate, ...own } = OPTIMIZER_DEFAULTS[optimizer];
  const learningRate = twoDigits((settings.learningRate * rate) / OPTIMIZER_DEFAULTS[settings.optimizer].rate);
  return { ...settings, ...own, optimizer, learningRate };
}

export const withSchedule = (settings: RunSettings, schedule: ScheduleId): RunSettings => ({
  ...settings,
  ...SCHEDULE_DEFAULTS[schedule],
  schedule,
});

/** The learning rate that suits a method on models of a task, by AdamW or another optimizer. */
export function learningRateOf(method: MethodId, task: string, optimizer: OptimizerId = 'adamw'): number {
  const own = taskMeta(task)?.learningRates[method] ?? METHOD_METAS[method].learningRate;
  return optimizer === 'adamw' ? own : twoDigits(own * OPTIMIZER_DEFAULTS[optimizer].rate);
}

const taskMeta = (task: string): TaskMeta | undefined =>
  Object.values<TaskMeta>(TASK_METAS).find(({ id }) => id === task);

/** The settings for a model of this task: its own options at their defaults, where the ones before were another task's. */
export function forTask(settings: RunSettings, task: string): RunSettings {
  const meta = taskMeta(task);
  if (!meta) return settings;
  if (taskOf(settings) === meta) {
    const lacks = meta.options.some(({ name }) => !(name in settings.task));
    return lacks ? { ...settings, task: { ...defaultsOf(meta.options), ...settings.task } } : settings;
  }
  const id = settings.method.id as MethodId;
  const own = trainingOptionsFor(meta).map(({ name }) => name);
  return {
    ...settings,
    ...defaultsOf(TRAINING_OPTIONS.filter(({ name }) => !own.includes(name))),
    task: defaultsOf(meta.options),
    learningRate: learningRateOf(id, task, settings.optimizer),
    augmentation: meta.alters
      ? augmentationFor(meta.input, settings.augmentation)
      : withoutAugmentation(settings.augmentation),
    fewShot: meta.output === 'class' ? settings.fewShot : (defaultsOf(FEW_SHOT_OPTIONS) as unknown as FewShot),
  };
}

/** The settings for a model that another one, `before`, gives way to: what stood so for that one alone is as this one wants it. */
export const forModel = (settings: RunSettings, model: ModelSummary, before?: ModelSummary): RunSettings =>
  withHead(withFirstMethod(settings, model, before), model, before);

/** The method that the model is begun with, unless a person had chosen another than the one before was. */
function withFirstMethod(settings: RunSettings, model: ModelSummary, before?: ModelSummary): RunSettings {
  const first = firstMethod(model);
  if (settings.method.id !== firstMethod(before) || settings.method.id === first) return settings;
  const learningRate = learningRateOf(first, model.task, settings.optimizer);
  return { ...settings, method: methodDefaults(first), learningRate };
}

/**
 * The settings for a model whose head is its own only under certain options of its task; those that stood so for the model
 * `before` go back to their defaults. No text is longer than the model takes.
 */
export function withHead(settings: RunSettings, model: ModelSummary, before?: ModelSummary): RunSettings {
  const names = Object.keys(before?.headOptions ?? {});
  const defaults = defaultsOf((taskMeta(model.task)?.options ?? []).filter(({ name }) => names.includes(name)));
  const longest = Number(settings.task.maxLength);
  const cut =
    model.input.kind === 'text' && longest > model.input.maxLength ? { maxLength: model.input.maxLength } : {};
  return { ...settings, task: { ...settings.task, ...defaults, ...model.headOptions, ...cut } };
}
