import { type Buckets, batchesOf } from '../data/batches.ts';
import type { Dataset } from '../data/opened-dataset.ts';
import type { Thesaurus } from '../data/text/thesaurus.ts';
import { readAhead } from '../lib/read-ahead.ts';
import type { Batch } from '../nn/batch.ts';
import type { ArrayInput } from '../nn/input.ts';
import type { OptionValues } from '../protocol/options.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { ExampleSource } from '../tasks/engine.ts';
import type { LoadedModel } from './model.ts';
import { taskMetaOf, taskOf } from './tasks.ts';

/** A data set as a model takes it. Throws `data-unfit`. */
export function sourceOf(
  dataset: Dataset,
  model: LoadedModel,
  options: OptionValues,
  thesaurus?: Thesaurus,
): ExampleSource {
  needFit(dataset, model);
  return taskOf(model.config.architecture).source(dataset, model.processor, options, thesaurus);
}

/** Throws `data-unfit` where the model is for another kind of data, or for another task. */
export function needFit(dataset: Dataset, { summary }: LoadedModel): void {
  if (!fits(dataset, summary))
    throw new ProblemError('data-unfit', { model: summary.name, task: summary.task, data: dataset.kind });
}

/** Of a view, or of a data set that is open. */
export function fits(dataset: Pick<Dataset, 'kind'>, { architecture }: { architecture: string }): boolean {
  const { id, input, takes = [] } = taskMetaOf(architecture);
  if (dataset.kind !== input) return false;
  return !('task' in dataset) || dataset.task === id || takes.includes(String(dataset.task));
}

/** What a source does once for all examples is done before they are needed, with word of it; `check` throws to end it. */
export async function makeReady(
  { progress }: { progress(task: 'tokens', unit: 'items'): (done: number, total: number) => void },
  source: ExampleSource,
  ids: readonly number[],
  check: () => void = () => {},
): Promise<void> {
  const tell = progress('tokens', 'items');
  await source.prepare?.(ids, (done) => {
    check();
    tell(done, ids.length);
  });
}

/** What `epochOrder` takes so that batches are of like lengths; undefined where examples have none. */
export const bucketsOf = (
  { length }: Pick<ExampleSource, 'length'>,
  ids: readonly number[],
  batchSize: number,
): Buckets | undefined => length && { lengths: Uint32Array.from(ids, (id) => length(id)), batchSize };

/** Batches of inputs in the order of `ids`, with word of how many examples have gone through. */
export async function* inputBatches(
  source: ExampleSource,
  ids: readonly number[],
  batchSize: number,
  onDone: (done: number) => void | Promise<void>,
): AsyncGenerator<ArrayInput> {
  let done = 0;
  const read = async (some: readonly number[]) => arrayInput(source, some, await source.inputs(some));
  for await (const input of readAhead(batchesOf(ids, batchSize), read)) {
    yield input;
    done = Math.min(done + batchSize, ids.length);
    await onDone(done);
  }
}

/** A batch that a source made of examples, as a network takes it. */
export const arrayInput = (
  { ragged }: Pick<ExampleSource, 'ragged'>,
  ids: readonly number[],
  batch: Batch,
  augment?: ArrayInput['augment'],
): ArrayInput => ({ kind: 'arrays', batch, augment, ...(ragged ? { lengths: ragged.lengths(batch, ids) } : {}) });
