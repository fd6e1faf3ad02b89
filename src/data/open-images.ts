import { breathe } from '../lib/breathe.ts';
import { sha256 } from '../lib/hash.ts';
import { ByteLru } from '../lib/lru.ts';
import { mapPool } from '../lib/pool.ts';
import { type DroppedFile, NONE, type SplitSettings } from '../protocol/dataset.ts';
import type { ImageInput } from '../protocol/model.ts';
import { type Problem, ProblemError, warning } from '../protocol/problems.ts';
import { briefly } from './briefly.ts';
import { classNames } from './classes.ts';
import { collectImages, type LabelledFile } from './files.ts';
import { openPicture, squareOf } from './image/decode.ts';
import { miniature } from './image/miniature.ts';
import { prepare } from './image/prepare.ts';
import { thumbnailOf } from './image/thumbnail.ts';
import { CACHE_BYTES, keyOf, OpenedImages, type Picture } from './image-dataset.ts';
import { fingerprintOf, SIDE } from './report/fingerprint.ts';

export interface ReadOptions {
  /** Pictures decoded so far, and in all. */
  onProgress(done: number, total: number): void;
  /** A picture has been read. */
  onPicture?(path: string, thumbnail: Blob): void;
  /** The input to prepare while each picture is decoded anyway. */
  prefetch?: ImageInput;
  /** Bytes of prepared pixels to keep; 256 MiB unless told. */
  cacheBytes?: number;
}

export interface OpenOptions extends ReadOptions {
  id: string;
  split: SplitSettings;
}

/** Decoding runs on other threads; more at once only takes memory. */
const IN_FLIGHT = 4;

/**
 * Reads, labels and decodes what was dropped, every picture once: what does not decode becomes a problem, and each gets
 * its thumbnail. Pictures that nothing labels are there, unsorted. Throws `no-images` and what reading throws.
 */
export async function openImages(files: readonly DroppedFile[], options: OpenOptions): Promise<OpenedImages> {
  const started = performance.now();
  const { id, split, cacheBytes = CACHE_BYTES, prefetch } = options;
  const { name, seen, labels, groups, problems, filesRead } = await read(files, options);
  const classes = classNames(labels);
  const places = new Map(classes.map((name, label) => [name, label]));
  const cache = new ByteLru<string>(cacheBytes);
  seen.forEach(({ pixels }, index) => {
    if (pixels && prefetch) cache.set(keyOf(index, prefetch), pixels);
  });
  return new OpenedImages(
    {
      kind: 'image',
      id,
      name,
      classes,
      labels: Int32Array.from(labels, (label) => (label === undefined ? NONE : places.get(label)!)),
      excluded: new Uint8Array(seen.length),
      splits: new Int8Array(0),
      groups,
      split,
      problems,
      filesRead,
      readMs: performance.now() - started,
    },
    seen.map(({ example }) => example),
    cache,
  );
}

/** Puts what was dropped beside the pictures of a data set that is open. Throws as `openImages`. */
export async function addImages(dataset: OpenedImages, files: readonly DroppedFile[], o: ReadOptions): Promise<void> {
  const { seen, labels, problems, filesRead } = await read(files, o);
  dataset.add(
    seen.map(({ example }) => example),
    labels,
    { problems, filesRead },
  );
}

async function read(files: readonly DroppedFile[], options: ReadOptions) {
  const { images, groups, problems: found, ...rest } = await collectImages(files);
  const unread: Problem[] = [];
  const seen = await lookAtAll(images, options, unread);
  if (!seen.length) throw noneDecodes(unread, rest.filesRead);
  const problems = [...found, ...briefly(unread)];
  return {
    ...rest,
    seen,
    problems,
    labels: seen.map(({ index }) => images[index]!.label),
    // Of the pictures that decode.
    groups: groups.map((group) => ({ ...group, of: Int32Array.from(seen, ({ index }) => group.of[index]!) })),
  };
}

function noneDecodes([first]: readonly Problem[], filesRead: number): ProblemError {
  const { code, values } = first!;
  const reason = code === 'image-unreadable' && values.reason !== 'too-large' ? 'unreadable' : values.reason!;
  return new ProblemError('no-images', { ...values, filesRead, reason });
}

interface Seen {
  /** Place among the files that were found. */
  index: number;
  example: Picture;
  pixels: Uint8Array | null;
}

/** The pictures that decode, in their order; the others are told in `problems`. */
async function lookAtAll(
  images: readonly LabelledFile[],
  { prefetch, onProgress, onPicture, cacheBytes = CACHE_BYTES }: ReadOptions,
  problems: Problem[],
): Promise<Seen[]> {
  let done = 0;
  let bytes = 0;
  onProgress(0, images.length);
  const seen = await mapPool(images, IN_FLIGHT, async (image, index) => {
    try {
      const wanted = bytes < cacheBytes ? prefetch : undefined;
      const result = { index, ...(await lookAt(image, wanted)) };
      bytes += result.pixels?.byteLength ?? 0;
      onPicture?.(image.path, result.example.thumbnail);
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

async function lookAt(image: LabelledFile, prefetch?: ImageInput): Promise<Omit<Seen, 'index'>> {
  const { path, blob, split: given } = image;
  const { bitmap, type } = await openPicture(blob, path);
  try {
    const square = squareOf(bitmap, path);
    const thumbnail = await thumbnailOf(bitmap, { blob, type, translucent: square.translucent });
    const { width, height } = bitmap;
    const file = await sha256(new Uint8Array(await blob.arrayBuffer()));
    const fingerprint = fingerprintOf(miniature(bitmap, SIDE), file);
    return {
      example: { path, blob, thumbnail, given, width, height, fingerprint },
      pixels: prefetch ? prepare(square, prefetch) : null,
    };
  } finally {
    bitmap.close();
  }
}

/** One picture that a person took. Throws `image-unreadable`. */
export const readPicture = async (blob: Blob, path: string): Promise<Picture> =>
  (await lookAt({ path, blob, label: undefined })).example;

/** The thumbnail of a file that may be a picture. Throws where it is none. */
export async function glance(blob: Blob, path: string): Promise<Blob> {
  const { bitmap, type } = await openPicture(blob, path);
  try {
    return await thumbnailOf(bitmap, { blob, type, translucent: squareOf(bitmap, path).translucent });
  } finally {
    bitmap.close();
  }
}
