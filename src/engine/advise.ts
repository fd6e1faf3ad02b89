import { fewShot } from '../data/few-shot.ts';
import type { ImageDataset } from '../data/image-dataset.ts';
import type { AnyDataset } from '../data/open.ts';
import { SHIPPED_MODELS } from '../models/metas.ts';
import type { ImageInput, ModelAdvice, ModelSummary } from '../protocol/model.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { RunSettings } from '../protocol/run.ts';
import { isForeign, type TextFit } from '../protocol/text.ts';
import { secondsByMethod } from './cost.ts';
import { fits } from './examples.ts';
import { lengthsFor } from './lengths.ts';
import { summarisePlans } from './plan-summary.ts';
import { probe, probeOrder } from './probe.ts';
import type { Studio } from './studio.ts';
import { lookAt } from './text-fit.ts';

/** Pictures that are looked at for colour, and their size: small, for it is only about colour. */
const COLOUR = { pictures: 24, input: { kind: 'image', size: 32, channels: 3 } } as const;
/** Mean difference between the strongest and the weakest channel, of 255: below it a picture looks grey. */
const GREY_BELOW = 8;
/** Below so many pixels a side a photograph no longer shows what it is of. */
const LEGIBLE = 64;
/** Share of the texts that may be cut. */
const CUT_ABOVE = 0.2;

/**
 * What each shipped model would cost and give on the open data, one after the other. Throws `busy` while a run is active,
 * and where one begins meanwhile; `no-dataset`, `one-class`, `split-too-small`.
 */
export async function adviseModels(studio: Studio, settings: RunSettings): Promise<ModelAdvice[]> {
  const check = () => {
    if (studio.active) throw new ProblemError('busy');
  };
  check();
  const dataset = studio.needDataset();
  for (const split of ['train', 'validation'] as const)
    if (dataset.ids(split).length === 0) throw new ProblemError('split-too-small', { split, class: '', count: 0 });
  await studio.backend();
  const examples = { train: fewShot(dataset, settings).length, validation: dataset.ids('validation').length };
  const doubts = await doubtsAbout(studio, dataset, settings);
  const advice: ModelAdvice[] = [];
  for (const { id } of SHIPPED_MODELS.filter((model) => fits(dataset, model))) {
    const model = await studio.model({ kind: 'shipped', id });
    check();
    const { speed, ...seen } = await probe({ model, dataset, settings, check });
    const doubted = await doubts(model.summary);
    const lengths = lengthsFor(studio.dataset, { ...settings, model: { kind: 'shipped', id } });
    const plans = summarisePlans(model, dataset.classes, settings, examples, lengths);
    advice.push({
      id,
      ...seen,
      costs: secondsByMethod(plans, settings, examples, speed),
      doubts: doubted,
    });
  }
  return advice;
}

/** What does not fit a model's input; what it takes of the data is looked for once. */
async function doubtsAbout(
  studio: Studio,
  dataset: AnyDataset,
  { task }: RunSettings,
): Promise<(model: ModelSummary) => ModelAdvice['doubts'] | Promise<ModelAdvice['doubts']>> {
  if (dataset.kind === 'text') return async ({ ref }) => textDoubts(await lookAt(studio, ref, task));
  const { pictureSize } = studio.openedImages().summary();
  const colourful = await areColourful(dataset);
  return ({ input }) => (input.kind === 'image' ? doubtsOf(input, pictureSize, colourful) : []);
}

/** A language that the model does not know, or texts of which it would not see the end. */
export const textDoubts = (fit: TextFit): ModelAdvice['doubts'] => [
  ...(isForeign(fit) ? (['language'] as const) : []),
  ...(fit.truncated > CUT_ABOVE * fit.examples ? (['truncated'] as const) : []),
];

/** Whether more than a quarter of some pictures has colours. */
async function areColourful(dataset: ImageDataset): Promise<boolean> {
  const ids = probeOrder(dataset).slice(0, COLOUR.pictures);
  const pictures = await Promise.all(ids.map((id) => dataset.pixels(id, COLOUR.input)));
  return pictures.filter(isColourful).length > ids.length / 4;
}

/** Of pixels [size, size, 3]. */
export function isColourful(pixels: Uint8Array): boolean {
  let sum = 0;
  for (let i = 0; i < pixels.length; i += 3) {
    const [r, g, b] = [pixels[i]!, pixels[i + 1]!, pixels[i + 2]!];
    sum += Math.max(r, g, b) - Math.min(r, g, b);
  }
  return sum / (pixels.length / 3) >= GREY_BELOW;
}

/** `picture`: median sides, in pixels. */
export function doubtsOf(
  { size, channels }: ImageInput,
  picture: { width: number; height: number },
  colourful: boolean,
): ModelAdvice['doubts'] {
  const side = Math.min(picture.width, picture.height);
  return [
    ...(colourful && channels === 1 ? (['colour'] as const) : []),
    ...(2 * side < size ? (['upscaled'] as const) : []),
    ...(size < LEGIBLE && side > 2 * size ? (['downscaled'] as const) : []),
  ];
}
