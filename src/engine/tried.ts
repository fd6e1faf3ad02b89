import type { Input } from '../nn/input.ts';
import type { TriedPicture } from '../protocol/messages.ts';
import { ProblemError } from '../protocol/problems.ts';
import { taskOf } from './examples.ts';
import type { LoadedModel } from './model.ts';
import type { Run } from './runs.ts';
import type { Studio } from './studio.ts';
import { isFinished } from './training.ts';

/** A run whose weights can answer. Throws `no-run`. */
export function finished(studio: Studio, id: string): Run {
  const run = studio.run(id);
  if (!isFinished(run)) throw new ProblemError('no-run');
  return run;
}

/** The bytes of a picture that a person points at, and what it is called. */
export function triedPicture(studio: Studio, run: Run, tried: TriedPicture): { picture: Blob; name: string } {
  if (tried.kind === 'file') return { picture: tried.file, name: tried.name };
  const dataset = run.data?.dataset ?? studio.needDataset();
  return { picture: dataset.blob(tried.id), name: dataset.path(tried.id) };
}

/** One picture as a model takes it. Throws `image-unreadable` naming the picture. */
export const inputOf = async (
  picture: Blob,
  name: string,
  model: LoadedModel,
): Promise<Extract<Input, { kind: 'arrays' }>> => ({
  kind: 'arrays',
  batch: await taskOf(model.config.architecture).read(picture, name, model.preprocessor),
});
