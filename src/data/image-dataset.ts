import type { ByteLru } from '../lib/lru.ts';
import type { ClassSummary, DatasetSummary, Split, SplitSettings } from '../protocol/dataset.ts';
import type { ImageInput } from '../protocol/model.ts';
import { type Problem, warning } from '../protocol/problems.ts';
import { NEED } from './classes.ts';
import { openBitmap, squareOf } from './image/decode.ts';
import { prepare } from './image/prepare.ts';
import { givenSplits, splitOf } from './split.ts';

export interface ImageExample {
  id: number;
  label: number;
  /** [size, size, channels] */
  pixels: Uint8Array;
}

/** Pictures with labels, in the worker; decoded when asked for, and asked for as often as one likes. */
export interface ImageDataset {
  readonly name: string;
  readonly classes: readonly string[];
  /** Splits that the files themselves name. */
  readonly splitGiven: readonly Split[];
  /** What was found wrong while opening, and what the present split lacks. */
  readonly problems: readonly Problem[];
  summary(): DatasetSummary;
  resplit(split: SplitSettings): void;
  /** Ascending. */
  ids(split: Split): readonly number[];
  label(id: number): number;
  path(id: number): string;
  /** [size, size, channels], as `prepare`; kept while there is room, so do not write to it. */
  pixels(id: number, input: ImageInput): Promise<Uint8Array>;
  blob(id: number): Blob;
}

/** A picture that decodes. Its place in the list is its id. */
export interface Example {
  path: string;
  blob: Blob;
  label: number;
  split?: Split;
  thumbnail: Blob;
}

/** What opening found out. */
export interface DatasetParts {
  name: string;
  classes: readonly string[];
  examples: readonly Example[];
  problems: readonly Problem[];
  filesRead: number;
  readMs: number;
  pictureSize: DatasetSummary['pictureSize'];
  split: SplitSettings;
  /** Prepared pixels by `keyOf`. */
  cache: ByteLru<string>;
}

export const keyOf = (id: number, { size, channels }: ImageInput): string => `${id}/${size}/${channels}`;

export class OpenedDataset implements ImageDataset {
  readonly splitGiven: readonly Split[];
  readonly #parts: DatasetParts;
  readonly #waiting = new Map<string, Promise<Uint8Array>>();
  #split: SplitSettings;
  /** By id. */
  #splits: readonly Split[] = [];
  #ids: Readonly<Record<Split, readonly number[]>> = { train: [], validation: [], test: [] };

  constructor(parts: DatasetParts) {
    this.#parts = parts;
    this.#split = parts.split;
    this.splitGiven = [...givenSplits(this.#splittable())];
    this.resplit(parts.split);
  }

  get name(): string {
    return this.#parts.name;
  }
  get classes(): readonly string[] {
    return this.#parts.classes;
  }
  get problems(): readonly Problem[] {
    return [...this.#parts.problems, ...splitProblems(this.#counts(), this.#split)];
  }

  resplit(split: SplitSettings): void {
    this.#split = split;
    this.#splits = splitOf(this.#splittable(), this.classes, split);
    const idsOf = (wanted: Split) => this.#splits.flatMap((own, id) => (own === wanted ? [id] : []));
    this.#ids = { train: idsOf('train'), validation: idsOf('validation'), test: idsOf('test') };
  }

  ids(split: Split): readonly number[] {
    return this.#ids[split];
  }
  label(id: number): number {
    return this.#example(id).label;
  }
  path(id: number): string {
    return this.#example(id).path;
  }
  blob(id: number): Blob {
    return this.#example(id).blob;
  }

  async pixels(id: number, input: ImageInput): Promise<Uint8Array> {
    const key = keyOf(id, input);
    const kept = this.#parts.cache.get(key);
    if (kept) return kept;
    const started = this.#waiting.get(key) ?? this.#prepare(id, input);
    this.#waiting.set(key, started);
    try {
      return await started;
    } finally {
      this.#waiting.delete(key);
    }
  }

  summary(): DatasetSummary {
    const { name, examples, filesRead, readMs, pictureSize } = this.#parts;
    return {
      name,
      kind: 'image',
      classes: this.#counts(),
      examples: examples.map(({ path, label, thumbnail }, id) => {
        return { id, path, label, split: this.#splits[id]!, thumbnail };
      }),
      split: this.#split,
      splitGiven: this.splitGiven,
      pictureSize,
      problems: this.problems,
      filesRead,
      readMs,
    };
  }

  async #prepare(id: number, input: ImageInput): Promise<Uint8Array> {
    const { blob, path } = this.#example(id);
    const bitmap = await openBitmap(blob, path);
    try {
      const pixels = prepare(squareOf(bitmap, path), input);
      this.#parts.cache.set(keyOf(id, input), pixels);
      return pixels;
    } finally {
      bitmap.close();
    }
  }

  #counts(): ClassSummary[] {
    const counts = this.classes.map(() => ({ train: 0, validation: 0, test: 0 }));
    this.#splits.forEach((split, id) => {
      counts[this.label(id)]![split] += 1;
    });
    return this.classes.map((name, label) => ({ name, counts: counts[label]! }));
  }

  #splittable() {
    return this.#parts.examples.map(({ label, split }) => ({ label, given: split }));
  }

  #example(id: number): Example {
    const example = this.#parts.examples[id];
    if (!example) throw new RangeError(`no example ${id} of ${this.#parts.examples.length}`);
    return example;
  }
}

/** Classes that a split has none of although it should, as given splits may; of small classes `usableClasses` has told. */
function splitProblems(classes: readonly ClassSummary[], settings: SplitSettings): Problem[] {
  const wanted: Split[] = ['train'];
  if (settings.validation > 0) wanted.push('validation');
  if (settings.test > 0) wanted.push('test');
  const large = classes.filter(({ counts }) => counts.train + counts.validation + counts.test >= NEED);
  return large.flatMap(({ name, counts }) =>
    wanted
      .filter((split) => counts[split] === 0)
      .map((split) => warning('split-too-small', { class: name, split, count: 0 })),
  );
}
