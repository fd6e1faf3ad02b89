import type { OldExamples } from '../cures/engine.ts';
import { fixedImages, fixedTexts } from '../data/fixed-examples.ts';
import { seedOf, shuffled } from '../lib/random.ts';
import { readSafetensors } from '../lib/safetensors.ts';
import { shippedModel } from '../models/metas.ts';
import type { ReplaySet } from '../protocol/model.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { RunSettings } from '../protocol/run.ts';
import type { ExampleSource } from '../tasks/engine.ts';
import { download, type Fetch } from './download.ts';
import { sourceOf } from './examples.ts';
import type { LoadedModel } from './model.ts';
import { taskOf } from './tasks.ts';

/** New examples that stand in for old ones where there are none. */
const STAND_INS = 64;

/** Examples of what a model learned before that the site has; of a model that was dropped in, none. */
export const replaySetOf = ({ summary: { ref } }: Pick<LoadedModel, 'summary'>): ReplaySet | undefined =>
  ref.kind === 'shipped' ? shippedModel(ref.id)?.replay : undefined;

/** Those. Throws what `download` throws. */
export async function oldExamples(
  model: LoadedModel,
  { file, bytes: size, sha256 }: ReplaySet,
  task: RunSettings['task'],
  root: string,
  fetcher: Fetch = fetch,
): Promise<OldExamples> {
  const { id } = model.summary.ref;
  const path = `${id}/${file}`;
  const { bytes } = await download(`${root}models/${path}`, { file: path, bytes: size, sha256 }, () => {}, fetcher);
  const dataset =
    model.processor.kind === 'text'
      ? fixedTexts(path, JSON.parse(new TextDecoder().decode(bytes)) as string[])
      : fixedImages(path, model.labels, picturesIn(bytes, path));
  const { writing } = taskOf(model.config.architecture);
  // a row for each text, and nothing that the new task asks for before it
  const options = writing ? writing.settle(dataset, { ...task, packing: false, preamble: '' }) : task;
  return ofSource(sourceOf(dataset, model, options), dataset.ids('train'), model.labels.length);
}

/** `pixels` u8 [N, H, W, C] and `labels` i32 [N], which are places among the model's own. */
function picturesIn(bytes: Uint8Array, file: string): { pixels: Uint8Array; labels: Int32Array } {
  const tensors = readSafetensors(bytes, file);
  const [pixels, labels] = [tensors.get('pixels')?.data, tensors.get('labels')?.data];
  if (!(pixels instanceof Uint8Array && labels instanceof Int32Array))
    throw new ProblemError('model-damaged', { file, reason: 'size' });
  return { pixels, labels };
}

/** Some training examples of the new task, drawn from the seed: what the old head says to them is of the old task. */
export function standIns(source: ExampleSource, train: readonly number[], classes: number, seed: number): OldExamples {
  const places = shuffled(train.length, seedOf(seed, 0, 'stand-ins')).subarray(0, STAND_INS);
  return ofSource(
    source,
    Array.from(places, (place) => train[place]!),
    classes,
  );
}

const ofSource = (source: ExampleSource, ids: readonly number[], classes: number): OldExamples => ({
  count: ids.length,
  input: (places) => source.inputs(places.map((place) => ids[place]!)),
  targets: (places) =>
    source.targets(
      places.map((place) => ids[place]!),
      { classes, smoothing: 0 },
    ).batch,
});
