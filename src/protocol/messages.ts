import type { BackendChoice, BackendInfo } from './backend.ts';
import type { DataReport, DatasetEdit, DatasetSummary, DroppedFile, Finding, SplitSettings } from './dataset.ts';
import type { ModelAdvice, ModelRef, ModelSummary, PlanSummary } from './model.ts';
import type { Problem } from './problems.ts';
import type { KeepState, OpenedProject, ProjectSummary, RunPlace } from './project.ts';
import type { AugmentedView, Comparison, Evaluation, ExportedFile, FrameGuess, Saliency } from './result.ts';
import type { Augmentation, RunControl, RunSettings, RunStatus, StepMetrics } from './run.ts';

/** What the page asks of the worker. Every command gets one reply. */
export type Command =
  | { kind: 'choose-backend'; choice: BackendChoice }
  /** `add` puts pictures beside those that are there, where a data set is open. */
  | { kind: 'open-files'; files: readonly DroppedFile[]; into: 'new' | 'add' }
  | { kind: 'open-sample'; sample: string }
  /** Pictures that a person took, into a class; `NONE` leaves them unsorted. */
  | { kind: 'add-pictures'; label: number; pictures: readonly Blob[] }
  | { kind: 'split'; split: SplitSettings }
  | { kind: 'edit'; edit: DatasetEdit }
  | { kind: 'undo' }
  | { kind: 'redo' }
  /** In the order of `ids`; at most 112 px a side. */
  | { kind: 'thumbnails'; ids: readonly number[] }
  /** The picture as it was dropped. */
  | { kind: 'picture'; id: number }
  | { kind: 'report' }
  /** Labels that are most probably wrong, by answers of models that did not see them. */
  | { kind: 'check-labels'; model: ModelRef }
  | {
      kind: 'augment';
      model: ModelRef;
      augmentation: Augmentation;
      ids: readonly number[];
      views: number;
      seed: number;
    }
  | { kind: 'advise-model'; settings: RunSettings }
  | { kind: 'open-model'; model: ModelRef }
  | { kind: 'plan'; settings: RunSettings }
  | { kind: 'train'; run: string; settings: RunSettings; place?: RunPlace | undefined }
  /** Takes a run that was lost or stopped up from its last checkpoint. */
  | { kind: 'continue'; run: string }
  | { kind: 'control'; run: string; control: RunControl }
  | { kind: 'evaluate'; run: string }
  /** The untrained side of the comparison: the nearest class mean in the pretrained model's features, on the same examples. */
  | { kind: 'evaluate-base'; run: string }
  | { kind: 'saliency'; run: string; picture: TriedPicture; label: number }
  /** One camera frame through the tuned model; the frame is transferred and closed. */
  | { kind: 'predict-frame'; run: string; frame: ImageBitmap }
  | { kind: 'predict'; run: string; picture: TriedPicture }
  | { kind: 'export'; run: string; history: readonly StepMetrics[]; title: string }
  | { kind: 'forget-run'; run: string }
  | { kind: 'projects' }
  | { kind: 'open-project'; project: string }
  | { kind: 'delete-project'; project: string }
  /** What the page would lose: it goes with the project. */
  | { kind: 'keep-draft'; draft: RunSettings };

/** A file that a person tries, or an example of the data that the run was made with. */
export type TriedPicture = { kind: 'file'; file: Blob; name: string } | { kind: 'example'; id: number };

/** A dropped zip is either data or a model that was exported here. */
export type Opened = { kind: 'dataset'; dataset: DatasetSummary } | { kind: 'model'; model: ModelSummary; run: string };

export interface Replies {
  'choose-backend': BackendInfo;
  'open-files': Opened;
  'open-sample': DatasetSummary;
  'add-pictures': DatasetSummary;
  split: DatasetSummary;
  edit: DatasetSummary;
  undo: DatasetSummary;
  redo: DatasetSummary;
  thumbnails: readonly Blob[];
  picture: Blob;
  report: DataReport;
  'check-labels': Finding;
  augment: readonly AugmentedView[];
  'advise-model': readonly ModelAdvice[];
  'open-model': ModelSummary;
  plan: PlanSummary;
  train: RunStatus;
  continue: RunStatus;
  control: null;
  evaluate: Evaluation;
  'evaluate-base': Evaluation;
  saliency: Saliency;
  'predict-frame': FrameGuess;
  predict: Comparison;
  export: ExportedFile;
  'forget-run': null;
  projects: readonly ProjectSummary[];
  'open-project': OpenedProject;
  'delete-project': null;
  'keep-draft': null;
}
export type CommandKind = Command['kind'];
export type CommandOf<K extends CommandKind> = Extract<Command, { kind: K }>;

export type ProgressTask =
  | 'files'
  | 'sample'
  | 'project'
  | 'report'
  | 'labels'
  | 'weights'
  | 'prefix'
  | 'evaluate'
  | 'evaluate-base'
  | 'export';

/** What the worker tells unasked. */
export type WorkerEvent =
  | { kind: 'progress'; task: ProgressTask; done: number; total: number; unit: 'bytes' | 'items' }
  /** Thumbnails of pictures as they are read, for the page to show while the rest comes; some are passed over. */
  | { kind: 'arrived'; pictures: readonly { path: string; thumbnail: Blob }[] }
  | { kind: 'keeping'; keep: KeepState }
  | { kind: 'metrics'; points: readonly StepMetrics[] }
  | { kind: 'run-status'; status: RunStatus }
  | { kind: 'backend'; backend: BackendInfo }
  | { kind: 'backend-lost'; problem: Problem };

/** Page to worker. */
export interface Request {
  id: number;
  command: Command;
}
/** Worker to page. */
export type Response =
  | { kind: 'reply'; id: number; value: Replies[CommandKind] }
  | { kind: 'failure'; id: number; problem: Problem }
  | { kind: 'event'; event: WorkerEvent };
