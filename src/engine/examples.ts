import { batchesOf } from '../data/batches.ts';
import type { ImageDataset } from '../data/dataset.ts';
import type { Batch } from '../nn/batch.ts';
import type { ImageInput, PreprocessorConfig } from '../protocol/model.ts';
import { engine as imageClassification, type Pixels } from '../tasks/image-classification/engine.ts';

/** Examples of a data set as one model takes them. The only place where the engine meets pictures. */
export interface ExampleSource {
  label(id: number): number;
  inputs(ids: readonly number[]): Promise<Batch>;
}

export const task = imageClassification;

export const inputOf = ({ size, channels }: PreprocessorConfig): ImageInput => ({
  kind: 'image',
  size: size.height,
  channels,
});

export function pictures(dataset: ImageDataset, preprocessor: PreprocessorConfig): ExampleSource {
  const input = inputOf(preprocessor);
  return {
    label: (id) => dataset.label(id),
    inputs: async (ids) =>
      task.inputs(await Promise.all(ids.map((id): Promise<Pixels> => dataset.pixels(id, input))), preprocessor),
  };
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
