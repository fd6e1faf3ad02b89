import { withoutAugmentation } from '../advice/augmentation.ts';
import { METHOD_METAS, type MethodId } from '../methods/metas.ts';
import type { ModelMeta } from '../models/meta.ts';
import { MODEL_METAS } from '../models/metas.ts';
import type { DatasetSummary } from '../protocol/dataset.ts';
import type { ModelRef, ModelSummary, ShippedModel } from '../protocol/model.ts';
import { defaultsOf } from '../protocol/options.ts';
import type { FewShot, RunSettings } from '../protocol/run.ts';
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

/** Settings for a first run with this model on so many training examples. */
export function settingsFor(settings: RunSettings, model: ModelRef, trainingExamples: number): RunSettings {
  const batchSize = trainingExamples >= 320 ? 32 : trainingExamples >= 64 ? 16 : 8;
  return { ...settings, model, batchSize };
}

/** What a data set is for. */
export const taskFor = (dataset: DatasetSummary): TaskMeta =>
  TASK_METAS[dataset.kind === 'text' ? dataset.task : 'image-classification'];

/** Models for a task that the site hosts. */
export const shippedFor = (task: string): readonly ShippedModel[] =>
  Object.values<ModelMeta>(MODEL_METAS).flatMap((meta) => (meta.task === task ? meta.shipped : []));

/** The model that a data set begins with: the chosen one where it is for such data, else the first such that is shipped. */
export function modelFor(dataset: DatasetSummary, chosen: ModelRef, open: ModelSummary | undefined): ModelRef {
  const wanted = taskFor(dataset).id;
  const shipped = shippedFor(wanted);
  const fits =
    chosen.kind === 'shipped'
      ? shipped.some(({ id }) => id === chosen.id)
      : open?.task === wanted && open.ref.id === chosen.id;
  return fits || !shipped[0] ? chosen : { kind: 'shipped', id: shipped[0].id };
}

/** What a run is for, by the options that it has of its task. */
export function taskOf({ task }: Pick<RunSettings, 'task'>): TaskMeta {
  const metas = Object.values<TaskMeta>(TASK_METAS);
  const own = metas.find(({ options }) => options.length > 0 && options.every(({ name }) => name in task));
  return own ?? TASK_METAS['image-classification'];
}

/** The learning rate that suits a method on models of a task. */
export const learningRateOf = (method: MethodId, task: string): number =>
  taskMeta(task)?.learningRates[method] ?? METHOD_METAS[method].learningRate;

const taskMeta = (task: string): TaskMeta | undefined =>
  Object.values<TaskMeta>(TASK_METAS).find(({ id }) => id === task);

/** The settings for a model of this task: its own options at their defaults, where the ones before were another task's. */
export function forTask(settings: RunSettings, task: string): RunSettings {
  const meta = taskMeta(task);
  if (!meta || taskOf(settings) === meta) return settings;
  const id = settings.method.id as MethodId;
  const own = trainingOptionsFor(meta).map(({ name }) => name);
  return {
    ...settings,
    ...defaultsOf(TRAINING_OPTIONS.filter(({ name }) => !own.includes(name))),
    task: defaultsOf(meta.options),
    learningRate: learningRateOf(id, task),
    augmentation: meta.alters
      ? augmentationFor(meta.input, settings.augmentation)
      : withoutAugmentation(settings.augmentation),
    fewShot: meta.output === 'class' ? settings.fewShot : (defaultsOf(FEW_SHOT_OPTIONS) as unknown as FewShot),
  };
}

/**
 * The settings for a model whose head is its own only under certain options of its task; those that stood so for the model
 * `before` go back to their defaults.
 */
export function withHead(settings: RunSettings, model: ModelSummary, before?: ModelSummary): RunSettings {
  const names = Object.keys(before?.headOptions ?? {});
  const defaults = defaultsOf((taskMeta(model.task)?.options ?? []).filter(({ name }) => names.includes(name)));
  return { ...settings, task: { ...settings.task, ...defaults, ...model.headOptions } };
}
