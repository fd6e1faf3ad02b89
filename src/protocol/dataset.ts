import type { Problem } from './problems.ts';

/** A file as it was dropped or picked; `path` keeps its folders, with `/` between them. Not read yet. */
export interface DroppedFile {
  path: string;
  file: Blob;
}

export const SPLITS = ['train', 'validation', 'test'] as const;
export type Split = (typeof SPLITS)[number];

export interface SplitSettings {
  /** Shares of every class that go to validation and to test; the rest trains. */
  validation: number;
  test: number;
  seed: number;
}
export const DEFAULT_SPLIT: SplitSettings = { validation: 0.15, test: 0.15, seed: 42 };

export interface ExampleSummary {
  /** Place in the dataset; stable while the dataset is open. */
  id: number;
  path: string;
  /** Index into `classes`. */
  label: number;
  split: Split;
  /** At most 112 px a side, for the page only. */
  thumbnail: Blob;
}

export interface ClassSummary {
  name: string;
  /** Examples of the class in each split. */
  counts: Readonly<Record<Split, number>>;
}

/** What the page knows of a dataset. Examples themselves stay in the worker. */
export interface DatasetSummary {
  /** The dropped folder's or archive's name. */
  name: string;
  kind: 'image';
  classes: readonly ClassSummary[];
  examples: readonly ExampleSummary[];
  split: SplitSettings;
  /** Splits that the files themselves name (`train/<label>/…`); those that they do not are drawn from `train`. */
  splitGiven: readonly Split[];
  /** Medians, in pixels. */
  pictureSize: Readonly<Record<'width' | 'height', number>>;
  problems: readonly Problem[];
  /** Files that were read, used or not; hidden and system files are not counted. */
  filesRead: number;
  readMs: number;
}

export interface SampleMeta {
  id: string;
  /** Under `public/`, one zip. */
  path: string;
  pictures: number;
  classes: number;
  bytes: number;
  licence: string;
  /** The model that this sample is set up with. */
  model: string;
}
