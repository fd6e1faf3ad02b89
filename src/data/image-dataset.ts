import { ByteLru } from '../lib/lru.ts';
import type { ImageSummary, Split } from '../protocol/dataset.ts';
import type { ImageInput } from '../protocol/model.ts';
import { openBitmap, squareOf } from './image/decode.ts';
import { prepare } from './image/prepare.ts';
import { type Dataset, type DatasetState, OpenedDataset, type Piece, type ViewState } from './opened-dataset.ts';
import type { Fingerprint } from './report/fingerprint.ts';

/** Labelled pictures. Decoded when asked for, and asked for as often as one likes. */
export interface ImageDataset extends Dataset {
  readonly kind: 'image';
  /** [size, size, channels], as `prepare`; kept while there is room, so do not write to it. */
  pixels(id: number, input: ImageInput): Promise<Uint8Array>;
  blob(id: number): Blob;
}

/** A picture that decodes. Its place in the list is its id. */
export interface Picture extends Piece {
  /** Where the files name it. */
  given?: Split | undefined;
  /** Of the picture as it was dropped, in pixels. */
  width: number;
  height: number;
  fingerprint: Fingerprint;
}

/** Prepared pixels by `keyOf`. */
export type PixelCache = ByteLru<string>;
export const CACHE_BYTES = 256 * 2 ** 20;
export const keyOf = (id: number, { size, channels }: ImageInput): string => `${id}/${size}/${channels}`;

/** Pictures that are open. */
export class OpenedImages extends OpenedDataset<DatasetState, ImageDataset> {
  readonly kind = 'image';
  readonly #pictures: Picture[];
  readonly #cache: PixelCache;
  readonly #waiting = new Map<string, Promise<Uint8Array>>();

  constructor(state: DatasetState, pictures: readonly Picture[], cache: PixelCache = new ByteLru(CACHE_BYTES)) {
    super(
      state,
      pictures.map(({ given }) => given),
    );
    this.#pictures = [...pictures];
    this.#cache = cache;
  }

  get pieces(): readonly Picture[] {
    return this.#pictures;
  }

  moved(id: number, picture: Picture): void {
    this.#pictures[id] = picture;
  }

  /** Pictures beside those that are there. `labels` are names; a new one becomes a class. Gives the new ids. */
  add(
    pictures: readonly Picture[],
    labels: readonly (string | undefined)[],
    found: Partial<Pick<DatasetState, 'problems' | 'filesRead'>> = {},
  ): number[] {
    for (const picture of pictures) this.#pictures.push(picture);
    return this.extend(
      pictures.map(({ given }) => given),
      labels,
      found,
    );
  }

  thumbnail(id: number): Blob {
    return this.#picture(id).thumbnail;
  }
  blob(id: number): Blob {
    return this.#picture(id).blob;
  }
  path(id: number): string {
    return this.#picture(id).path;
  }

  summary(): ImageSummary {
    const pictures = this.#pictures;
    const common = this.common();
    return {
      ...common,
      kind: 'image',
      examples: {
        ...common.examples,
        paths: pictures.map(({ path }) => path),
        widths: Uint32Array.from(pictures, ({ width }) => width),
        heights: Uint32Array.from(pictures, ({ height }) => height),
      },
      pictureSize: {
        width: median(pictures.map(({ width }) => width)),
        height: median(pictures.map(({ height }) => height)),
      },
    };
  }

  viewAs(state: ViewState): ImageDataset {
    return {
      ...this.commonView(state),
      kind: 'image',
      blob: (id) => this.blob(id),
      pixels: (id, input) => this.pixels(id, input),
    };
  }

  /** [size, size, channels], as `prepare`. */
  async pixels(id: number, input: ImageInput): Promise<Uint8Array> {
    const key = keyOf(id, input);
    const kept = this.#cache.get(key);
    if (kept) return kept;
    const started = this.#waiting.get(key) ?? this.#prepare(id, input);
    this.#waiting.set(key, started);
    try {
      return await started;
    } finally {
      this.#waiting.delete(key);
    }
  }

  async #prepare(id: number, input: ImageInput): Promise<Uint8Array> {
    const { blob, path } = this.#picture(id);
    const bitmap = await openBitmap(blob, path);
    try {
      const pixels = prepare(squareOf(bitmap, path), input);
      this.#cache.set(keyOf(id, input), pixels);
      return pixels;
    } finally {
      bitmap.close();
    }
  }

  #picture(id: number): Picture {
    const picture = this.#pictures[id];
    if (!picture) throw new RangeError(`no example ${id} of ${this.#pictures.length}`);
    return picture;
  }
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
