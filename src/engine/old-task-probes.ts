import { unzipSync } from 'fflate';
import { batchesOf } from '../data/batches.ts';
import { fixedImages } from '../data/fixed-examples.ts';
import { prepare } from '../data/image/prepare.ts';
import { seedOf, shuffled } from '../lib/random.ts';
import { type RawTensor, readSafetensors } from '../lib/safetensors.ts';
import { shippedModel } from '../models/metas.ts';
import type { Batch } from '../nn/batch.ts';
import type { ProbeKind, ProbeSet } from '../protocol/model.ts';
import type { Continued, Window } from '../tasks/engine.ts';
import { inputOf } from '../tasks/processor.ts';
import { download, type Fetch } from './download.ts';
import { sourceOf } from './examples.ts';
import type { LoadedModel } from './model.ts';
import { taskOf } from './tasks.ts';

/** A batch of probes, by their places. */
export interface ProbeBatch {
  ids: readonly number[];
  inputs: Batch;
  /** Where text is continued. */
  continued?: Continued['continued'];
}

/** What the old task of a model is scored by, as the model takes it. The first probes stand for all of them. */
export interface Probes {
  kind: ProbeKind;
  count: number;
  /** Tokens of a probe, in the mean; 1 of what is no text. */
  length: number;
  /** The right answers, where they are known. */
  labels?: ArrayLike<number>;
  /** Which of a person's own these are; absent of the model's. */
  own?: string;
  /** The first so many, in batches of like ones. */
  batches(count: number): Promise<ProbeBatch[]>;
}

const IMAGES = 32;
const TEXTS = 32;
const WINDOWS = 8;
/** Tokens that a probe of a sentence is cut to. */
const SENTENCE = 64;

const files = new Map<string, Promise<Uint8Array>>();

/** The file of a model's probes, read once. Throws as `download` does. */
function fileOf(id: string, { file, bytes, sha256 }: ProbeSet, root: string, fetcher: Fetch): Promise<Uint8Array> {
  const url = `${root}models/${id}/${file}`;
  const known = files.get(url);
  if (known) return known;
  const loading = download(url, { file: `${id}/${file}`, bytes, sha256 }, () => {}, fetcher).then((got) => got.bytes);
  files.set(url, loading);
  loading.catch(() => files.delete(url));
  return loading;
}

/** The probes that the site ships with a model; undefined where there are none, or the model is somebody's own. */
export async function loadProbes(
  model: LoadedModel,
  root: string,
  fetcher: Fetch = (url) => fetch(url),
): Promise<Probes | undefined> {
  const { ref } = model.summary;
  const set = ref.kind === 'shipped' ? shippedModel(ref.id)?.probes : undefined;
  if (!set) return undefined;
  const bytes = await fileOf(ref.id, set, root, fetcher);
  if (model.processor.kind === 'image') return pictures(set.kind, bytes, model);
  const text = new TextDecoder().decode(bytes);
  return set.kind === 'text' ? windows([text], model) : sentences(set.kind, JSON.parse(text), model);
}

/** A zip of `probes.safetensors`: `pixels` uint8 [N, side, side, channels], and `labels` uint8 [N] where they are known. */
function pictures(kind: ProbeKind, zip: Uint8Array, model: LoadedModel): Probes {
  const file = readSafetensors(unzipSync(zip)['probes.safetensors']!, 'probes.safetensors');
  const pixels = file.get('pixels')!;
  const input = inputOf(model.processor);
  if (input.kind !== 'image') throw new TypeError('takes texts');
  const [count, height, width] = pixels.shape as [number, number, number];
  const given = file.get('labels')?.data;
  return {
    kind,
    count,
    length: 1,
    ...(given ? { labels: given } : {}),
    async batches(most) {
      const all = new Uint8Array(most * input.size ** 2 * input.channels);
      for (let i = 0; i < most; i++) {
        const seen = prepare({ width, height, data: rgba(pixels, i) }, input);
        all.set(seen, i * seen.length);
      }
      return pictureBatches(all, most, model);
    },
  };
}

/** Prepared pixels uint8 [N, size, size, channels] in batches. */
export function pictureBatches(pixels: Uint8Array, count: number, model: LoadedModel): Promise<ProbeBatch[]> {
  const source = sourceOf(fixedImages('probes', model.labels, { pixels, labels: new Int32Array(count) }), model, {});
  return Promise.all(batched(range(count), IMAGES).map(async (ids) => ({ ids, inputs: await source.inputs(ids) })));
}

/** Opaque. */
function rgba({ shape, data }: RawTensor, place: number): Uint8ClampedArray<ArrayBuffer> {
  const [, height, width, channels] = shape as [number, number, number, number];
  const out = new Uint8ClampedArray(4 * height * width).fill(255);
  const begin = place * height * width * channels;
  for (let i = 0; i < height * width; i++)
    for (let c = 0; c < 3; c++) out[4 * i + c] = data[begin + i * channels + Math.min(c, channels - 1)]!;
  return out;
}

/** A list of short texts. */
export function sentences(kind: ProbeKind, texts: readonly string[], { config, processor }: LoadedModel): Probes {
  if (processor.kind !== 'text') throw new TypeError('takes pictures');
  const options = { maxLength: Math.min(processor.maxLength, SENTENCE) };
  const lengths = texts.map((text) => Math.min(options.maxLength, processor.tokenizer.encode(text).ids.length));
  const { texts: read } = taskOf(config.architecture);
  return {
    kind,
    count: texts.length,
    length: mean(lengths),
    async batches(count) {
      const alike = range(count).sort((a, b) => lengths[a]! - lengths[b]!);
      return batched(alike, TEXTS).map((ids) => ({
        ids,
        inputs: read!(
          ids.map((i) => ({ kind: 'text', text: texts[i]! })),
          processor,
          options,
        ),
      }));
    },
  };
}

/**
 * Texts, read in windows that do not overlap; the first of them are from all over them. Of the first texts as many as it
 * takes for `most` windows.
 */
export function windows(
  texts: readonly string[],
  { config, processor }: LoadedModel,
  most = Number.POSITIVE_INFINITY,
): Probes {
  const all: Window[] = [];
  for (const text of texts)
    if (all.length < most) all.push(...taskOf(config.architecture).writing!.windows(text, processor));
  const order = shuffled(all.length, seedOf(0, 0, 'probes'));
  return {
    kind: 'text',
    count: Math.min(all.length, most),
    length: mean(all.map(({ tokens }) => tokens)),
    batches: async (count) =>
      batched(range(count), WINDOWS).map((ids) => ({
        ids,
        ...taskOf(config.architecture).writing!.continued(
          ids.map((i) => all[order[i]!]!),
          processor,
        ),
      })),
  };
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const batched = (ids: readonly number[], size: number): (readonly number[])[] => [...batchesOf(ids, size)];
