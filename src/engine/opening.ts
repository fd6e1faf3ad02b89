import { OpenedImages } from '../data/image-dataset.ts';
import { openDataset } from '../data/open.ts';
import { addImages, glance, readPicture } from '../data/open-images.ts';
import { addTexts, remapTexts } from '../data/open-texts.ts';
import { OpenedTexts } from '../data/text-dataset.ts';
import { shippedModel } from '../models/metas.ts';
import { type DatasetSummary, DEFAULT_SPLIT, type DroppedFile } from '../protocol/dataset.ts';
import type { CommandOf, Opened } from '../protocol/messages.ts';
import type { ImageInput } from '../protocol/model.ts';
import { ProblemError } from '../protocol/problems.ts';
import { SAMPLES } from '../protocol/samples.ts';
import { Arrivals } from './arrivals.ts';
import { readModel } from './dropped-model.ts';
import type { Studio } from './studio.ts';

/** A data set, or a model: a download of this page, or a checkpoint of Hugging Face `transformers`. */
export async function openFiles(studio: Studio, files: readonly DroppedFile[], into: 'new' | 'add'): Promise<Opened> {
  const { dataset } = studio;
  if (into === 'add' && dataset instanceof OpenedImages) {
    await addImages(dataset, files, reading(studio));
    studio.keeping.changed();
    return { kind: 'dataset', dataset: dataset.summary() };
  }
  if (into === 'add' && dataset instanceof OpenedTexts) {
    await addTexts(dataset, files, reading(studio));
    studio.keeping.changed();
    return { kind: 'dataset', dataset: dataset.summary() };
  }
  const model = await openModel(studio, files);
  if (model) return model;
  return { kind: 'dataset', dataset: await takeDataset(studio, files) };
}

/** Shows the page what of these files are pictures; says nothing of the others. */
export async function peek(studio: Studio, files: readonly DroppedFile[]): Promise<void> {
  const { onPicture } = reading(studio);
  for (const { path, file } of files) {
    const thumbnail = await glance(file, path).catch(() => undefined);
    if (thumbnail) onPicture(path, thumbnail);
  }
}

async function openModel(studio: Studio, files: readonly DroppedFile[]): Promise<Opened | undefined> {
  const id = crypto.randomUUID();
  const dropped = await readModel(files, id, studio.progress('files', 'bytes'));
  if (!dropped) return undefined;
  const { model, run } = dropped;
  studio.models.add(model);
  if (run) studio.runs.set(id, run);
  studio.keeping.dropped(id, dropped);
  return run ? { kind: 'model', model: model.summary, run: id } : { kind: 'checkpoint', model: model.summary };
}

/** Throws `sample-missing`. */
export async function openSample(studio: Studio, id: string): Promise<DatasetSummary> {
  const sample = SAMPLES.find((one) => one.id === id);
  if (!sample) throw new ProblemError('sample-missing', { sample: id });
  const response = await fetch(studio.root + sample.path).catch(() => undefined);
  if (!response?.ok) throw new ProblemError('sample-missing', { sample: id });
  const file = { path: sample.path.split('/').at(-1)!, file: await response.blob() };
  const input = shippedModel(sample.model)?.input;
  return takeDataset(studio, [file], input?.kind === 'image' ? input : undefined);
}

/** `input`: the model that will most likely be trained, whose pixels are prepared while each picture is decoded. */
async function takeDataset(
  studio: Studio,
  files: readonly DroppedFile[],
  input: ImageInput = { kind: 'image', size: 224, channels: 3 },
): Promise<DatasetSummary> {
  const options = { id: crypto.randomUUID(), split: DEFAULT_SPLIT, prefetch: input, ...reading(studio) };
  studio.dataset = await openDataset(files, options);
  studio.keeping.begin(studio.dataset);
  return studio.dataset.summary();
}

/** The same files, read or understood in another way, take the place of the texts that are open. Throws as `openTexts`. */
export async function remap(studio: Studio, { mapping, readings }: CommandOf<'remap'>): Promise<DatasetSummary> {
  const before = studio.openedTexts();
  const { split } = before.state;
  const options = { id: crypto.randomUUID(), split, mapping, readings, ...reading(studio) };
  const dataset = await remapTexts(before, options);
  // another was opened meanwhile
  if (studio.dataset !== before) throw new ProblemError('no-dataset');
  studio.dataset = dataset;
  studio.keeping.begin(dataset, before.id);
  return dataset.summary();
}

/** Pictures that a person took. Throws `image-unreadable`. */
export async function addPictures(studio: Studio, pictures: readonly Blob[], label: number): Promise<DatasetSummary> {
  const dataset = studio.openedImages();
  const name = dataset.state.classes[label];
  const from = dataset.length;
  const examples = await Promise.all(
    pictures.map((picture, i) => readPicture(picture, `camera/${String(from + i).padStart(5, '0')}.jpg`)),
  );
  dataset.add(
    examples,
    examples.map(() => name),
  );
  studio.keeping.changed();
  return dataset.summary();
}

/** Tells the page how far reading has come, with a look at what came last. */
function reading(studio: Studio) {
  const arrivals = new Arrivals(studio.emit);
  return {
    onProgress: studio.progress('files', 'items'),
    onBytes: studio.progress('files', 'bytes'),
    onPicture: (path: string, thumbnail: Blob) => arrivals.add({ path, thumbnail }),
  };
}
