import { batchesOf } from '../data/batches.ts';
import type { Dataset } from '../data/opened-dataset.ts';
import type { ModelMeta } from '../models/meta.ts';
import { MODEL_METAS } from '../models/metas.ts';
import type { Batch } from '../nn/batch.ts';
import type { OptionValues } from '../protocol/options.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { ExampleSource, TaskEngine } from '../tasks/engine.ts';
import { TASK_ENGINES } from '../tasks/engines.ts';
import type { TaskMeta } from '../tasks/meta.ts';
import { TASK_METAS, type TaskId } from '../tasks/metas.ts';
import type { LoadedModel } from './model.ts';

/** The task that an architecture is for. */
export function taskIdOf(architecture: string): TaskId {
  const meta = Object.values<ModelMeta>(MODEL_METAS).find(({ id }) => id === architecture);
  if (!meta) throw new Error(`no architecture ${architecture}`);
  return meta.task;
}
export const taskMetaOf = (architecture: string): TaskMeta => TASK_METAS[taskIdOf(architecture)];
export const taskOf = (architecture: string): TaskEngine => TASK_ENGINES[taskIdOf(architecture)];

/** A data set as a model takes it. Throws `data-unfit`. */
export function sourceOf(dataset: Dataset, model: LoadedModel, options: OptionValues): ExampleSource {
  needFit(dataset, model);
  return taskOf(model.config.architecture).source(dataset, model.processor, options);
}

/** Throws `data-unfit` where the model is for another kind of data, or for another task. */
export function needFit(dataset: Dataset, { summary }: LoadedModel): void {
  if (!fits(dataset, summary))
    throw new ProblemError('data-unfit', { model: summary.name, task: summary.task, data: dataset.kind });
}

export function fits(dataset: Dataset, { architecture }: { architecture: string }): boolean {
  const { id, input } = taskMetaOf(architecture);
  return dataset.kind === input && (!('task' in dataset) || dataset.task === id);
}

/** Batches of inputs in the order of `ids`, with word of how many examples have gone through. */
export async function* inputBatches(
  source: ExampleSource,
  ids: readonly number[],
  batchSize: number,
  onDone: (done: number) => void | Promise<void>,
): AsyncGenerator<Batch> {
  let done = 0;
  for (const batch of batchesOf(ids, batchSize)) {
    yield await source.inputs(batch);
    done += batch.length;
    await onDone(done);
  }
}
