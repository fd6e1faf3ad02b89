import type { BackendChoice, BackendInfo } from './backend.ts';
import type { DatasetSummary, DroppedFile, SplitSettings } from './dataset.ts';
import type { ModelRef, ModelSummary, PlanSummary } from './model.ts';
import type { Problem } from './problems.ts';
import type { Comparison, Evaluation, ExportedFile } from './result.ts';
import type { RunControl, RunSettings, RunStatus, StepMetrics } from './run.ts';

/** What the page asks of the worker. Every command gets one reply. */
export type Command =
  | { kind: 'choose-backend'; choice: BackendChoice }
  | { kind: 'open-files'; files: readonly DroppedFile[] }
  | { kind: 'open-sample'; sample: string }
  | { kind: 'split'; split: SplitSettings }
  | { kind: 'open-model'; model: ModelRef }
  | { kind: 'plan'; settings: RunSettings }
  | { kind: 'train'; run: string; settings: RunSettings }
  /** Takes a run that was lost or stopped up from its last checkpoint. */
  | { kind: 'continue'; run: string }
  | { kind: 'control'; run: string; control: RunControl }
  | { kind: 'evaluate'; run: string }
  | { kind: 'predict'; run: string; picture: TriedPicture }
  | { kind: 'export'; run: string; history: readonly StepMetrics[]; title: string }
  | { kind: 'forget-run'; run: string };

/** A file that a person tries, or an example of the data that the run was made with. */
export type TriedPicture = { kind: 'file'; file: Blob; name: string } | { kind: 'example'; id: number };

/** A dropped zip is either data or a model that was exported here. */
export type Opened = { kind: 'dataset'; dataset: DatasetSummary } | { kind: 'model'; model: ModelSummary; run: string };

export interface Replies {
  'choose-backend': BackendInfo;
  'open-files': Opened;
  'open-sample': DatasetSummary;
  split: DatasetSummary;
  'open-model': ModelSummary;
  plan: PlanSummary;
  train: RunStatus;
  continue: RunStatus;
  control: null;
  evaluate: Evaluation;
  predict: Comparison;
  export: ExportedFile;
  'forget-run': null;
}
export type CommandKind = Command['kind'];
export type CommandOf<K extends CommandKind> = Extract<Command, { kind: K }>;

export type ProgressTask = 'files' | 'sample' | 'weights' | 'prefix' | 'evaluate' | 'export';

/** What the worker tells unasked. */
export type WorkerEvent =
  | { kind: 'progress'; task: ProgressTask; done: number; total: number; unit: 'bytes' | 'items' }
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
