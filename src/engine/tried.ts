import type { Batch } from '../nn/batch.ts';
import type { Input } from '../nn/input.ts';
import type { Tried } from '../protocol/messages.ts';
import type { OptionValues } from '../protocol/options.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { TriedInput } from '../tasks/engine.ts';
import type { LoadedModel } from './model.ts';
import type { Run } from './runs.ts';
import type { Studio } from './studio.ts';
import { taskOf } from './tasks.ts';
import { isFinished } from './training.ts';

/** A run whose weights can answer. Throws `no-run`. */
export function finished(studio: Studio, id: string): Run {
  const run = studio.run(id);
  if (!isFinished(run)) throw new ProblemError('no-run');
  return run;
}

/** What a person points at: a picture's bytes and name, or a text. */
export function resolve(studio: Studio, run: Run, tried: Tried): TriedInput {
  if (tried.kind === 'file') return { kind: 'picture', picture: tried.file, name: tried.name };
  if (tried.kind === 'text') return { kind: 'text', text: tried.text, ...(tried.pair ? { pair: tried.pair } : {}) };
  const dataset = run.data?.dataset ?? studio.needDataset();
  if ('blob' in dataset) return { kind: 'picture', picture: dataset.blob(tried.id), name: dataset.path(tried.id) };
  const example = dataset.example(tried.id);
  if ('text' in example) return { kind: 'text', ...example };
  throw new ProblemError('data-unfit', { model: run.model.summary.name, task: run.model.summary.task, data: 'text' });
}

/** It as a model takes it. Throws `image-unreadable` naming the picture. */
export const inputOf = async (
  what: TriedInput,
  model: LoadedModel,
  task: OptionValues,
): Promise<Extract<Input, { kind: 'arrays' }> & { batch: Batch }> => ({
  kind: 'arrays',
  batch: await taskOf(model.config.architecture).read(what, model.processor, task),
});
