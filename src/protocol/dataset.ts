import type { Problem } from './problems.ts';
import type { Split } from './split.ts';
import type { TableSummary, TextMapping, TextTask } from './text.ts';

/** A file as it was dropped or picked; `path` keeps its folders, with `/` between them. Not read yet. */
export interface DroppedFile {
  path: string;
  file: Blob;
}

export { SPLITS, type Split } from './split.ts';

export interface SplitSettings {
  /** Shares of every class that go to validation and to test; the rest trains. */
  validation: number;
  test: number;
  seed: number;
}
export const DEFAULT_SPLIT: SplitSettings = { validation: 0.15, test: 0.15, seed: 42 };

/** Entry of `labels` and `splits` where there is none: nobody has said what it shows, or it takes no part. */
export const NONE = -1;

/**
 * Examples by column; entry i belongs to example i, and i is its id for as long as the data set lives: examples are
 * added at the end and left out, never removed.
 */
export interface ExampleTable {
  length: number;
  /** Index into `classes`, or `NONE`: unsorted. */
  labels: Int32Array;
  /** Index into `SPLITS`, or `NONE`: unsorted, excluded, or of a class too small to take part. */
  splits: Int8Array;
  /** 1 where a person left it out. */
  excluded: Uint8Array;
}

export interface PictureExamples extends ExampleTable {
  paths: readonly string[];
  /** Of the picture as it was dropped, in pixels. */
  widths: Uint32Array;
  heights: Uint32Array;
}

export interface TextExamples extends ExampleTable {
  /** Index into `tables`, and the line or row of that file. */
  tableOf: Uint16Array;
  rows: Int32Array;
  /** Characters. */
  lengths: Uint32Array;
}

/** A column of a table that came with the pictures and is neither file, label nor split: results can be told apart by it. */
export interface GroupColumn {
  name: string;
  values: readonly string[];
  /** Index into `values` by example, or `NONE`. */
  of: Int32Array;
}

export interface ClassCounts {
  name: string;
  /** Examples of the class in each split. */
  counts: Readonly<Record<Split, number>>;
}

export interface ClassSummary extends ClassCounts {
  /** Examples that were left out by hand. */
  excluded: number;
  /** False where the class has too few examples to take part in a run. */
  usable: boolean;
}

/** What a person changes about a data set. Every edit can be undone. */
export type DatasetEdit =
  /** `NONE` takes the label away. */
  | { kind: 'label'; ids: readonly number[]; label: number }
  | { kind: 'exclude'; ids: readonly number[] }
  | { kind: 'include'; ids: readonly number[] }
  | { kind: 'add-class'; name: string }
  /** To the name of another class: both become one. */
  | { kind: 'rename-class'; label: number; name: string }
  | { kind: 'merge-classes'; from: readonly number[]; into: number };

/** An edit that can be undone or redone, for the page to name: `edit.<kind>` with its count. */
export interface EditSummary {
  kind: DatasetEdit['kind'];
  count: number;
}

/** What the page knows of a dataset. The examples themselves, thumbnails too, stay in the worker until they are asked for. */
interface SummaryBase {
  /** The project that it is kept as; equal ids, equal examples. */
  id: string;
  /** The dropped folder's or archive's name. */
  name: string;
  /** In natural order as opened; classes added later come last. Texts without labels are all of one class without a name. */
  classes: readonly ClassSummary[];
  examples: ExampleTable;
  groups: readonly GroupColumn[];
  split: SplitSettings;
  /** Splits that the files themselves name (`train/<label>/…`); those that they do not are drawn from `train`. */
  splitGiven: readonly Split[];
  problems: readonly Problem[];
  /** The edits that undo and redo would take back. */
  undo?: EditSummary;
  redo?: EditSummary;
  /** Files that were read, used or not; hidden and system files are not counted. */
  filesRead: number;
  readMs: number;
}

export interface ImageSummary extends SummaryBase {
  kind: 'image';
  examples: PictureExamples;
  /** Medians, in pixels. */
  pictureSize: Readonly<Record<'width' | 'height', number>>;
}

export interface TextSummary extends SummaryBase {
  kind: 'text';
  task: TextTask;
  examples: TextExamples;
  tables: readonly TableSummary[];
  mapping: TextMapping;
  /** Edits of before it was kept stand in it, which cannot be taken back step by step any more. */
  editedBefore: boolean;
}

export type DatasetSummary = ImageSummary | TextSummary;
export type DataKind = DatasetSummary['kind'];

/** What an example is called on the page: its path, or its file and row. */
export const exampleName = (dataset: DatasetSummary, id: number): string =>
  dataset.kind === 'image'
    ? (dataset.examples.paths[id] ?? '')
    : `${dataset.tables[dataset.examples.tableOf[id]!]?.file ?? ''}:${dataset.examples.rows[id] ?? ''}`;

/** The class of texts that have no labels. */
export const UNLABELLED = '';

/** Kinds of findings of the data report, in the order in which the page shows them. */
export const FINDING_KINDS = [
  'leakage',
  'conflicting-labels',
  'probably-mislabelled',
  'exact-duplicates',
  'near-duplicates',
  'blank',
  'odd-size',
  'empty-text',
  'short-text',
  'long-text',
  'unknown-language',
  'imbalance',
  'class-too-small',
  'similar-class-names',
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** Examples that belong together in a finding: the copies of one picture, or one picture alone. */
export interface FindingCase {
  ids: readonly number[];
  /**
   * What the sentence about it needs. `probably-mislabelled`: `given`, `likely` (class names) and `probability`; of a
   * class (`imbalance`, `class-too-small`): `class` and `count`; `similar-class-names`: `class` and `other`, the larger.
   */
  values: Readonly<Record<string, string | number>>;
}

export interface Finding {
  kind: FindingKind;
  severity: 'warning' | 'note';
  cases: readonly FindingCase[];
  /** Fills the gaps of its sentence: counts, class names. */
  values: Readonly<Record<string, string | number>>;
  /** What one click does about all its cases; undefined where there is nothing to be done at a click. */
  remedy?: DatasetEdit;
}

/** What is wrong with a data set as it stands; it says nothing of a clean one. */
export interface DataReport {
  findings: readonly Finding[];
  /** Examples that were looked at. */
  examined: number;
  ms: number;
}

export interface SampleMeta {
  id: string;
  kind: DataKind;
  /** Under `public/`, one file. */
  path: string;
  /** Pictures, or rows of the table. */
  examples: number;
  /** 0 where nothing is labelled. */
  classes: number;
  bytes: number;
  licence: string;
  /** The model that this sample is set up with. */
  model: string;
}
