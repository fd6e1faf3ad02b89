import { ByteLru } from '../lib/lru.ts';
import {
  type ClassSummary,
  type DatasetEdit,
  type DatasetSummary,
  type EditSummary,
  type GroupColumn,
  NONE,
  SPLITS,
  type Split,
  type SplitSettings,
} from '../protocol/dataset.ts';
import type { ImageInput } from '../protocol/model.ts';
import { type Problem, ProblemError } from '../protocol/problems.ts';
import { classProblems, LEAST } from './classes.ts';
import { applyEdit, type Sorting, summarise } from './edits.ts';
import { openBitmap, squareOf } from './image/decode.ts';
import { prepare } from './image/prepare.ts';
import type { Fingerprint } from './report/fingerprint.ts';
import { extendSplits, givenSplits, splitOf } from './split.ts';

/**
 * Labelled pictures in three splits, as they stood when the view was taken: what a run learns from and is judged by.
 * Decoded when asked for, and asked for as often as one likes.
 */
export interface ImageDataset {
  readonly name: string;
  /** Those that have enough examples. */
  readonly classes: readonly string[];
  readonly split: SplitSettings;
  /** Examples of each class in each split. */
  readonly counts: readonly Pick<ClassSummary, 'name' | 'counts'>[];
  /** Equal for views of the same pictures, however they are labelled. */
  readonly pictures: object;
  /** What it takes to have the same view again later. */
  readonly state: ViewState;
  /** Ascending. */
  ids(split: Split): readonly number[];
  /** Index into `classes`. */
  label(id: number): number;
  path(id: number): string;
  /** [size, size, channels], as `prepare`; kept while there is room, so do not write to it. */
  pixels(id: number, input: ImageInput): Promise<Uint8Array>;
  blob(id: number): Blob;
}

/** A view without the pictures: the labels and splits that it was taken with, whatever is edited since. */
export interface ViewState extends Pick<ImageDataset, 'name' | 'classes' | 'split' | 'counts'> {
  /** By example: index into `classes`, or `NONE`. */
  labels: Int32Array;
  /** By example: index into `SPLITS`, or `NONE`. */
  splits: Int8Array;
}

/** A picture that decodes. Its place in the list is its id. */
export interface Example {
  path: string;
  blob: Blob;
  thumbnail: Blob;
  /** Where the files name it. */
  given?: Split | undefined;
  /** Of the picture as it was dropped, in pixels. */
  width: number;
  height: number;
  fingerprint: Fingerprint;
}

/** Everything that is not the pictures themselves: what is kept beside them, and what opening found out. */
export interface DatasetState {
  id: string;
  name: string;
  classes: readonly string[];
  labels: Int32Array;
  excluded: Uint8Array;
  /** Drawn splits, index into `SPLITS`; an excluded example keeps its own. Empty until the first are drawn. */
  splits: Int8Array;
  groups: readonly GroupColumn[];
  split: SplitSettings;
  /** What reading found wrong. */
  problems: readonly Problem[];
  filesRead: number;
  readMs: number;
}

/** Prepared pixels by `keyOf`. */
export type PixelCache = ByteLru<string>;
export const CACHE_BYTES = 256 * 2 ** 20;
export const keyOf = (id: number, { size, channels }: ImageInput): string => `${id}/${size}/${channels}`;

/** Edits that can be taken back; each is a copy of all labels. */
const UNDO_LIMIT = 100;

interface Step {
  edit: EditSummary;
  sorting: Sorting;
  splits: Int8Array;
}

/** A data set that is open and can be edited. */
export class OpenedDataset {
  #state: DatasetState;
  readonly #examples: Example[];
  readonly #cache: PixelCache;
  readonly #waiting = new Map<string, Promise<Uint8Array>>();
  #undo: Step[] = [];
  #redo: Step[] = [];

  constructor(state: DatasetState, examples: readonly Example[], cache: PixelCache = new ByteLru(CACHE_BYTES)) {
    this.#examples = [...examples];
    this.#cache = cache;
    this.#state = state;
    this.#deal();
  }

  get id(): string {
    return this.#state.id;
  }
  /** What is kept of it beside the pictures. */
  get state(): DatasetState {
    return this.#state;
  }
  get examples(): readonly Example[] {
    return this.#examples;
  }

  // ---- changing it

  /** Draws all splits anew. */
  resplit(split: SplitSettings): void {
    this.#state = { ...this.#state, split, splits: splitOf(this.#splittable(), this.#state.classes, split) };
  }

  edit(edit: DatasetEdit): void {
    const before = this.#state;
    const after = applyEdit(before, edit);
    if (after === before) return;
    this.#undo = [...this.#undo, this.#step(summarise(edit))].slice(-UNDO_LIMIT);
    this.#redo = [];
    this.#state = { ...before, ...after };
    this.#deal();
  }

  undo(): void {
    const step = this.#undo.pop();
    if (!step) return;
    this.#redo.push(this.#step(step.edit));
    this.#restore(step);
  }

  redo(): void {
    const step = this.#redo.pop();
    if (!step) return;
    this.#undo.push(this.#step(step.edit));
    this.#restore(step);
  }

  /** Pictures beside those that are there. `labels` are names; a new one becomes a class. Gives the new ids. */
  add(
    examples: readonly Example[],
    labels: readonly (string | undefined)[],
    found: Partial<Pick<DatasetState, 'problems' | 'filesRead'>> = {},
  ): number[] {
    const { classes, filesRead, problems } = this.#state;
    const all = [...new Set([...classes, ...labels.filter((label) => label !== undefined)])];
    const places = new Map(all.map((name, label) => [name, label]));
    const first = this.#examples.length;
    this.#examples.push(...examples);
    this.#state = {
      ...this.#state,
      classes: all,
      labels: Int32Array.from([
        ...this.#state.labels,
        ...labels.map((name) => (name === undefined ? NONE : places.get(name)!)),
      ]),
      excluded: Uint8Array.from([...this.#state.excluded, ...examples.map(() => 0)]),
      groups: this.#state.groups.map((group) => ({
        ...group,
        of: Int32Array.from([...group.of, ...examples.map(() => NONE)]),
      })),
      problems: [...problems, ...(found.problems ?? [])],
      filesRead: filesRead + (found.filesRead ?? examples.length),
    };
    this.#deal();
    return examples.map((_, i) => first + i);
  }

  /** The same bytes now lie elsewhere. */
  moved(id: number, example: Example): void {
    this.#examples[id] = example;
  }

  // ---- looking at it

  thumbnail(id: number): Blob {
    return this.#example(id).thumbnail;
  }
  blob(id: number): Blob {
    return this.#example(id).blob;
  }
  path(id: number): string {
    return this.#example(id).path;
  }

  summary(): DatasetSummary {
    const { id, name, groups, split, filesRead, readMs, problems } = this.#state;
    const examples = this.#examples;
    const splits = this.#splits();
    const { classes, sizes } = this.#classes(splits);
    const [undo, redo] = [this.#undo.at(-1)?.edit, this.#redo.at(-1)?.edit];
    return {
      id,
      name,
      kind: 'image',
      classes,
      examples: {
        length: examples.length,
        paths: examples.map(({ path }) => path),
        labels: this.#state.labels,
        splits,
        excluded: this.#state.excluded,
        widths: Uint32Array.from(examples, ({ width }) => width),
        heights: Uint32Array.from(examples, ({ height }) => height),
      },
      groups,
      split,
      splitGiven: [...givenSplits(examples)],
      pictureSize: {
        width: median(examples.map(({ width }) => width)),
        height: median(examples.map(({ height }) => height)),
      },
      problems: [...problems, ...classProblems(classes, sizes, split)],
      ...(undo ? { undo } : {}),
      ...(redo ? { redo } : {}),
      filesRead,
      readMs,
    };
  }

  /** For a run: what takes part, as it stands now. Throws `one-class` where fewer than two classes have enough examples. */
  view(): ImageDataset {
    const splits = this.#splits();
    const { classes, sizes } = this.#classes(splits);
    const usable = classes.filter((one) => one.usable);
    if (usable.length < 2) {
      const values = { class: usable[0]?.name ?? '', count: Math.max(0, ...sizes), classes: classes.length };
      throw new ProblemError('one-class', values);
    }
    const places = classes.map((one) => usable.indexOf(one));
    return this.viewAs({
      name: this.#state.name,
      classes: usable.map(({ name }) => name),
      split: this.#state.split,
      counts: usable.map(({ name, counts }) => ({ name, counts })),
      labels: this.#state.labels.map((label) => (label === NONE ? NONE : places[label]!)),
      splits,
    });
  }

  /** A view as it was taken before. */
  viewAs(state: ViewState): ImageDataset {
    const { name, classes, split, counts, labels, splits } = state;
    const idsOf = (wanted: Split) => {
      const place = SPLITS.indexOf(wanted);
      return Array.from(splits.keys()).filter((id) => splits[id] === place);
    };
    const ids = { train: idsOf('train'), validation: idsOf('validation'), test: idsOf('test') };
    return {
      name,
      classes,
      split,
      counts,
      pictures: this,
      state,
      ids: (split) => ids[split],
      label: (id) => labels[id]!,
      path: (id) => this.path(id),
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
    const { blob, path } = this.#example(id);
    const bitmap = await openBitmap(blob, path);
    try {
      const pixels = prepare(squareOf(bitmap, path), input);
      this.#cache.set(keyOf(id, input), pixels);
      return pixels;
    } finally {
      bitmap.close();
    }
  }

  /** The drawn splits of what takes part; `NONE` for the rest. */
  #splits(): Int8Array {
    const { labels, excluded, classes, splits } = this.#state;
    const sizes = sizesOf(classes.length, labels, excluded);
    return splits.map((split, id) =>
      labels[id] !== NONE && !excluded[id] && sizes[labels[id]!]! >= LEAST ? split : NONE,
    );
  }

  #classes(splits: Int8Array): { classes: ClassSummary[]; sizes: number[] } {
    const { classes: names, labels, excluded } = this.#state;
    const sizes = sizesOf(names.length, labels, excluded);
    const classes = names.map((name, label) => {
      return { name, counts: { train: 0, validation: 0, test: 0 }, excluded: 0, usable: sizes[label]! >= LEAST };
    });
    labels.forEach((label, id) => {
      if (label === NONE) return;
      if (excluded[id]) classes[label]!.excluded++;
      const split = SPLITS[splits[id]!];
      if (split) classes[label]!.counts[split]++;
    });
    return { classes, sizes };
  }

  /** Splits for examples that take part and have none yet. */
  #deal(): void {
    const { splits, classes, split } = this.#state;
    this.#state = { ...this.#state, splits: extendSplits(splits, this.#splittable(), classes, split) };
  }

  #splittable() {
    const { labels, excluded } = this.#state;
    return this.#examples.map(({ given }, id) => ({ label: excluded[id] ? NONE : labels[id]!, given }));
  }

  #step(edit: EditSummary): Step {
    const { classes, labels, excluded, splits } = this.#state;
    return { edit, sorting: { classes, labels, excluded }, splits };
  }

  /** Back to what was; examples that came since keep their classes. */
  #restore({ sorting, splits }: Step): void {
    const now = this.#state;
    const came = [...now.labels.subarray(sorting.labels.length)].map((label) => now.classes[label]);
    const classes = [...new Set([...sorting.classes, ...came.filter((name) => name !== undefined)])];
    const labels = Int32Array.from([
      ...sorting.labels,
      ...came.map((name) => (name === undefined ? NONE : classes.indexOf(name))),
    ]);
    const excluded = now.excluded.slice();
    excluded.set(sorting.excluded);
    const dealt = now.splits.slice();
    dealt.set(splits);
    this.#state = { ...now, classes, labels, excluded, splits: dealt };
    this.#deal();
  }

  #example(id: number): Example {
    const example = this.#examples[id];
    if (!example) throw new RangeError(`no example ${id} of ${this.#examples.length}`);
    return example;
  }
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/** Examples of each class that were not left out. */
function sizesOf(classes: number, labels: Int32Array, excluded: Uint8Array): number[] {
  const sizes = new Array<number>(classes).fill(0);
  labels.forEach((label, id) => {
    if (label !== NONE && !excluded[id]) sizes[label]!++;
  });
  return sizes;
}
