import { breathe } from '../lib/breathe.ts';
import { ByteLru } from '../lib/lru.ts';
import { mapPool } from '../lib/pool.ts';
import type { DroppedFile, SplitSettings } from '../protocol/dataset.ts';
import type { ImageInput } from '../protocol/model.ts';
import { type Problem, ProblemError, warning } from '../protocol/problems.ts';
import { usableClasses } from './classes.ts';
import { collectImages, type LabelledFile } from './files.ts';
import { openBitmap, squareOf } from './image/decode.ts';
import { prepare } from './image/prepare.ts';
import { thumbnailOf } from './image/thumbnail.ts';
import { type ImageDataset, keyOf, OpenedDataset } from './image-dataset.ts';

export type { ImageDataset, ImageExample } from './image-dataset.ts';

export interface OpenOptions {
  split: SplitSettings;
  /** Pictures decoded so far, and in all. */
  onProgress(done: number, total: number): void;
  /** The input to prepare while each picture is decoded anyway. */
  prefetch?: ImageInput;
  /** Bytes of prepared pixels to keep; 256 MiB unless told. */
  cacheBytes?: number;
}

const CACHE_BYTES = 256 * 2 ** 20;
/** Decoding runs on other threads; more at once only takes memory. */
const IN_FLIGHT = 4;

/**
 * Reads, labels and decodes what was dropped, every picture once: what does not decode becomes a problem, and the page
 * gets its thumbnails. Throws `no-images`, `no-labels`, `one-class` and what reading throws, where nothing usable is left.
 */
export async function openDataset(files: readonly DroppedFile[], options: OpenOptions): Promise<ImageDataset> {
  const started = performance.now();
  const collected = await collectImages(files);
  const cache = new ByteLru<string>(options.cacheBytes ?? CACHE_BYTES);
  const problems = [...collected.problems];
  const seen = await lookAtAll(collected.images, options, problems);
  if (!seen.length)
    throw new ProblemError('no-images', { filesRead: collected.filesRead, unreadable: problems.length });

  const { classes, problems: classProblems } = usableClasses(seen.map(({ image }) => image.label));
  problems.push(...classProblems);
  const labels = new Map(classes.map((name, index) => [name, index]));
  const examples = seen.flatMap(({ image, thumbnail, pixels }) => {
    const label = labels.get(image.label);
    return label === undefined ? [] : [{ ...image, label, thumbnail, pixels }];
  });
  examples.forEach(({ pixels }, id) => {
    if (pixels && options.prefetch) cache.set(keyOf(id, options.prefetch), pixels);
  });
  return new OpenedDataset({
    name: collected.name,
    classes,
    examples: examples.map(({ pixels: _, ...example }) => example),
    problems,
    filesRead: collected.filesRead,
    readMs: performance.now() - started,
    pictureSize: { width: median(seen.map(({ width }) => width)), height: median(seen.map(({ height }) => height)) },
    split: options.split,
    cache,
  });
}

interface Seen {
  image: LabelledFile;
  thumbnail: Blob;
  pixels: Uint8Array | null;
  /** Of the picture as it was dropped. */
  width: number;
  height: number;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/** The pictures that decode, in their order; the others are told in `problems`. */
async function lookAtAll(
  images: readonly LabelledFile[],
  { prefetch, onProgress, cacheBytes = CACHE_BYTES }: OpenOptions,
  problems: Problem[],
): Promise<Seen[]> {
  let done = 0;
  let bytes = 0;
  onProgress(0, images.length);
  const seen = await mapPool(images, IN_FLIGHT, async (image) => {
    try {
      const wanted = bytes < cacheBytes ? prefetch : undefined;
      const result = { image, ...(await lookAt(image, wanted)) };
      bytes += result.pixels?.byteLength ?? 0;
      return result;
    } catch (error) {
      return unreadable(error, image.path);
    } finally {
      onProgress(++done, images.length);
      // Decoding may resolve without ever yielding to the messages that carry progress.
      if (done % 16 === 0) await breathe();
    }
  });
  return seen.filter((result): result is Seen => {
    if ('code' in result) problems.push(result);
    return !('code' in result);
  });
}

function unreadable(error: unknown, file: string): Problem {
  if (error instanceof ProblemError) return warning(error.problem.code, error.problem.values);
  return warning('image-unreadable', { file, reason: 'damaged' });
}

async function lookAt(image: LabelledFile, prefetch?: ImageInput): Promise<Omit<Seen, 'image'>> {
  const bitmap = await openBitmap(image.blob, image.path);
  try {
    const square = squareOf(bitmap, image.path);
    const { blob, type } = image;
    const thumbnail = await thumbnailOf(bitmap, { blob, type, translucent: square.translucent });
    const { width, height } = bitmap;
    return { thumbnail, pixels: prefetch ? prepare(square, prefetch) : null, width, height };
  } finally {
    bitmap.close();
  }
}
