import { batchesOf } from '../data/batches.ts';
import { MODEL_METAS } from '../models/metas.ts';
import type { Batch } from '../nn/batch.ts';
import type { ExampleSource, TaskEngine } from '../tasks/engine.ts';
import { TASK_ENGINES } from '../tasks/engines.ts';

/** The task that an architecture is for. */
export function taskOf(architecture: string): TaskEngine {
  const meta = Object.values(MODEL_METAS).find(({ id }) => id === architecture);
  if (!meta) throw new Error(`no architecture ${architecture}`);
  return TASK_ENGINES[meta.task];
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
