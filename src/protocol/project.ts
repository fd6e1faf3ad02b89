import type { BranchPoint, RunMark } from './control.ts';
import type { DataKind, DatasetSummary } from './dataset.ts';
import type { EmbeddingMap, Inside } from './inside.ts';
import type { ModelSummary } from './model.ts';
import type { Problem } from './problems.ts';
import type { RunMatrix, RunSample, RunSettings, RunStatus, StepMetrics } from './run.ts';

/** A data set with its settings and runs, as the browser keeps it. */
export interface ProjectSummary {
  id: string;
  name: string;
  kind: DataKind;
  /** Pictures, or texts. */
  examples: number;
  classes: number;
  runs: number;
  /** Bytes that it takes on the disk. */
  bytes: number;
  /** Milliseconds since 1970. */
  savedAt: number;
  /** A few thumbnails, for the page to show. */
  thumbnails: readonly Blob[];
  /** Another tab has it open and keeps it. */
  openElsewhere: boolean;
}

/**
 * Runs that belong together: those of a search, of a comparison of methods, of a lesson, of a pretrained start with twins
 * from scratch, or those on more and more of the data. `of` is the run that it was asked for.
 */
export interface RunGroup {
  id: string;
  kind: 'search' | 'methods' | 'lesson' | 'twin' | 'learning-curve';
  of?: string;
}

/** Where the page has a run: its number among the others, and its series of draws. */
export interface RunPlace {
  /** 1, 2, 3, … in the order they were started. */
  number: number;
  series?: { id: string; draw: number; of: number };
  /** What a person calls it, and wrote of it. */
  name?: string;
  notes?: string;
  /** The others are compared with it. */
  pinned?: boolean;
  /** One of several runs that belong together. */
  group?: RunGroup;
  /** Which lesson's run it is, and which of them. */
  lesson?: { id: string; run: string };
  /** Right answers on the test set, as a share, since it was judged. */
  tested?: number;
}

/** A run that waits for others to end. */
export interface QueuedRun {
  id: string;
  settings: RunSettings;
  modelName: string;
  from?: BranchPoint;
}

/** A run as it was kept. One that a reload cut off has the phase `lost` and goes on from its last checkpoint. */
export interface KeptRun extends RunPlace {
  id: string;
  modelName: string;
  datasetName: string;
  classes: readonly string[];
  settings: RunSettings;
  status: RunStatus;
  points: readonly StepMetrics[];
  samples: readonly RunSample[];
  inside?: Inside | undefined;
  map?: EmbeddingMap | undefined;
  matrix?: RunMatrix | undefined;
  marks: readonly RunMark[];
  imported: boolean;
  /** Whether it can be evaluated and exported. */
  hasWeights: boolean;
}

export interface OpenedProject {
  dataset: DatasetSummary;
  draft: RunSettings | undefined;
  /** What was to be run next, first things first. */
  queue?: readonly QueuedRun[];
  /** Oldest first. */
  runs: readonly KeptRun[];
  /** The models that imported runs came as. */
  models: readonly ModelSummary[];
}

/** Whether the open project would survive a reload. */
export interface KeepState {
  project: string;
  /** `off` with its reason in `problem`: no room, a private window, another tab. */
  state: 'saving' | 'kept' | 'off';
  /** Share of the pictures or files that are kept already. */
  done: number;
  problem?: Problem;
}
