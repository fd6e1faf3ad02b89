import type { DatasetState, Piece } from '../data/opened-dataset.ts';
import type { Plateau } from '../lib/schedule.ts';
import type { RunMark } from '../protocol/control.ts';
import type { ClassCounts, DataKind, SplitSettings } from '../protocol/dataset.ts';
import type { EmbeddingMap, Inside } from '../protocol/inside.ts';
import type { ModelRef, ModelSummary } from '../protocol/model.ts';
import type { QueuedRun, RunPlace } from '../protocol/project.ts';
import type { RunMatrix, RunSample, RunSettings, RunStatus } from '../protocol/run.ts';

/** What the list of projects shows; written with whatever else of the project is. */
export interface ProjectRecord {
  id: string;
  name: string;
  kind: DataKind;
  /** Pictures or files that are kept so far. */
  pieces: number;
  /** Pictures, or texts. */
  examples: number;
  classes: number;
  runs: number;
  bytes: number;
  /** Milliseconds since 1970. */
  savedAt: number;
  /** A few thumbnails. */
  cover: readonly { type: string; bytes: Uint8Array<ArrayBuffer> }[];
}

/** What a person decides: labels, exclusions, classes, splits and the settings of the next run. */
export interface StateRecord {
  project: string;
  /** Of all examples, of which the last may not be kept yet. */
  state: DatasetState;
  draft: RunSettings | undefined;
  /** Runs that wait. */
  queue?: readonly QueuedRun[] | undefined;
}

/** What is known of a piece besides its bytes. */
export type Row = Omit<Piece, 'blob' | 'thumbnail'>;

/** Some pieces in a row, in one file that is never written to again. */
export interface SegmentRecord {
  project: string;
  /** Place of its first piece. */
  from: number;
  file: string;
  rows: readonly Row[];
  /** Piece, thumbnail, piece, thumbnail, …: where each begins, and where the last ends. */
  offsets: Float64Array;
  /** Media types in the same order. */
  types: readonly string[];
}

export interface CheckpointRecord {
  file: string;
  bytes: number;
  step: number;
  epoch: number;
  seed: number;
  seconds: number;
  stopping: { best: number | undefined; wait: number; spent?: boolean; plateau?: Plateau | undefined };
  sums?: { loss: number; correct: number; examples: number } | undefined;
}

export const CHECKPOINTS = ['last', 'best'] as const;

export interface RunRecord {
  project: string;
  id: string;
  place: RunPlace;
  modelName: string;
  datasetName: string;
  classes: readonly string[];
  settings: RunSettings;
  samples?: readonly RunSample[];
  inside?: Inside;
  map?: EmbeddingMap;
  matrix?: RunMatrix | undefined;
  marks?: readonly RunMark[];
  status: RunStatus;
  device: { backend: string; adapter: string };
  /** What it began with, and the hash of those weights: tuned weights are worth nothing on others. */
  model: ModelRef;
  sha256: string;
  imported: boolean;
  last?: CheckpointRecord;
  best?: CheckpointRecord;
  /** Those that somebody asked for, oldest first. */
  checkpoints?: readonly CheckpointRecord[];
  /** Pictures that it used had not been kept when the page was closed: it can be looked at and no more. */
  incomplete?: { kept: number; pictures: number };
}

/** The data as a run saw it: what is edited later changes nothing about it. */
export interface SnapshotRecord {
  project: string;
  run: string;
  name: string;
  classes: readonly string[];
  counts: readonly ClassCounts[];
  split: SplitSettings;
  /** By example: index into `classes` and into `SPLITS`, or `NONE`. */
  labels: Int32Array;
  splits: Int8Array;
  /** What the run took of each split. */
  ids: Readonly<Record<'train' | 'validation' | 'test', Int32Array>>;
}

/** Points of a run's curves by column, in the order in which they came; `NaN` where there is none. */
export interface PointsRecord {
  project: string;
  run: string;
  /** Place of its first point among the run's. */
  from: number;
  /** Index into `CURVES`. */
  split: Uint8Array;
  columns: Readonly<Record<string, Float64Array>>;
}

/** A model that was dropped in: its zip as it came, or the files that it is read from. */
export interface ImportRecord {
  project: string;
  id: string;
  files: readonly { path: string; file: string }[];
  bytes: number;
  summary: ModelSummary;
}
