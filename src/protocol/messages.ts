import type { Augmentation } from './augmentation.ts';
import type { BackendChoice, BackendInfo } from './backend.ts';
import type { BranchPoint, RunControl, RunMark } from './control.ts';
import type { DataReport, DatasetEdit, DatasetSummary, DroppedFile, Finding, SplitSettings } from './dataset.ts';
import type { InsideEvent, MapEvent } from './inside.ts';
import type { ModelAdvice, ModelRef, ModelSummary, OwnProbes, PlanSummary } from './model.ts';
import type { OptionValues } from './options.ts';
import type { Problem } from './problems.ts';
import type { KeepState, OpenedProject, ProjectSummary, QueuedRun, RunPlace } from './project.ts';
import type {
  AugmentedText,
  AugmentedView,
  Comparison,
  Evaluation,
  ExportedFile,
  FrameGuess,
  GenerationEvaluation,
  Memorised,
  Saliency,
  WordWeights,
} from './result.ts';
import type { MatrixEvent, RangeTest, RunSample, RunSettings, RunStatus, StepMetrics } from './run.ts';
import type { StepProfile } from './step-profile.ts';
import type { ChatMessage, GeneratedText, Sampling, TableReading, TextFit, TextMapping, TextRow } from './text.ts';

/** What the page asks of the worker. Every command gets one reply. */
export type Command =
  | { kind: 'choose-backend'; choice: BackendChoice }
  /** `add` puts pictures beside those that are there, where a data set is open. */
  | { kind: 'open-files'; files: readonly DroppedFile[]; into: 'new' | 'add' }
  /** Thumbnails of what of these are pictures, as `arrived` events, before the files are opened with many others. */
  | { kind: 'peek'; files: readonly DroppedFile[] }
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
  /** In the order of `ids`; `whole` asks for texts uncut. */
  | { kind: 'texts'; ids: readonly number[]; whole: boolean }
  /** Ids of the texts that contain what is looked for, whatever its case; ascending. */
  | { kind: 'find-texts'; query: string }
  /** The same files, read or understood in another way: a new data set. Readings by file. */
  | {
      kind: 'remap';
      mapping?: TextMapping | undefined;
      readings?: Readonly<Record<string, Partial<TableReading>>> | undefined;
    }
  | { kind: 'text-fit'; model: ModelRef; task: OptionValues }
  /** `model` says which language is unknown, where the data is text. */
  | { kind: 'report'; model?: ModelRef | undefined }
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
  | { kind: 'augment-texts'; augmentation: Augmentation; ids: readonly number[]; views: number; seed: number }
  | { kind: 'advise-model'; settings: RunSettings }
  | { kind: 'open-model'; model: ModelRef }
  /** Files of a person's own to score the old task of this model by, kept beside the open data set until it is another. */
  | { kind: 'open-probes'; files: readonly DroppedFile[]; model: ModelRef }
  | { kind: 'drop-probes' }
  /** Lets go of a model that was dropped in. */
  | { kind: 'forget-model'; model: string }
  | { kind: 'plan'; settings: RunSettings }
  /**
   * `from` begins with another run's checkpoint, at its step. `until` halts after that epoch: `continue` goes on. `pace` is
   * that of `control`, from the first step on.
   */
  | {
      kind: 'train';
      run: string;
      settings: RunSettings;
      place?: RunPlace | undefined;
      from?: BranchPoint | undefined;
      until?: number | undefined;
      pace?: number | undefined;
    }
  /** Takes a run that was lost or stopped up from its last checkpoint. */
  | { kind: 'continue'; run: string; until?: number | undefined; pace?: number | undefined }
  /** Losses at learning rates that rise from step to step, on weights that are thrown away (Smith 2017). */
  | { kind: 'range-test'; settings: RunSettings }
  /** Ends the one under way, which gives what it has. */
  | { kind: 'stop-range-test' }
  | { kind: 'control'; run: string; control: RunControl }
  /** Steps of a run that trains, measured; of one that does not, steps like its own on weights that are thrown away. */
  | { kind: 'profile'; run: string }
  | { kind: 'evaluate'; run: string }
  /** The untrained side of the comparison: the nearest class mean in the pretrained model's features, on the same examples. */
  | { kind: 'evaluate-base'; run: string }
  /** Training examples that a run knows by heart; asked for with no run under way. */
  | { kind: 'memorised'; run: string }
  | { kind: 'saliency'; run: string; picture: TriedPicture; label: number }
  | { kind: 'word-weights'; run: string; tried: TriedText; label: number }
  /** One camera frame through the tuned model; the frame is transferred and closed. */
  | { kind: 'predict-frame'; run: string; frame: ImageBitmap }
  | { kind: 'predict'; run: string; tried: Tried }
  /** Writes on from a prompt; `generated` events bring the text as it grows. `base` is the model before training. */
  | { kind: 'generate'; run: string; which: 'tuned' | 'base'; prompt: Prompt; sampling: Sampling; stream: string }
  | { kind: 'stop-generating'; stream: string }
  | { kind: 'export'; run: string; history: readonly StepMetrics[]; title: string }
  | { kind: 'forget-run'; run: string }
  /** What a person calls a run, wrote of it, and has it stand for. */
  | { kind: 'place-run'; run: string; place: RunPlace }
  | { kind: 'projects' }
  | { kind: 'open-project'; project: string }
  | { kind: 'delete-project'; project: string }
  /** What the page would lose: it goes with the project. */
  | { kind: 'keep-draft'; draft: RunSettings; queue?: readonly QueuedRun[] | undefined };

/** A file that a person tries, or an example of the data that the run was made with. */
export type TriedPicture = { kind: 'file'; file: Blob; name: string } | { kind: 'example'; id: number };

export type TriedText = { kind: 'text'; text: string; pair?: string | undefined } | { kind: 'example'; id: number };
export type Tried = TriedPicture | TriedText;

/** A message, a whole conversation, or the prompt of an example of the run's data. */
export type Prompt =
  | { kind: 'text'; text: string }
  | { kind: 'messages'; messages: readonly ChatMessage[] }
  | { kind: 'example'; id: number };

/** What is dropped is data, a model that was exported here with its run, or a checkpoint to start from. */
export type Opened =
  | { kind: 'dataset'; dataset: DatasetSummary }
  | { kind: 'model'; model: ModelSummary; run: string }
  | { kind: 'checkpoint'; model: ModelSummary };

export interface Replies {
  'choose-backend': BackendInfo;
  'open-files': Opened;
  peek: null;
  'open-sample': DatasetSummary;
  'add-pictures': DatasetSummary;
  split: DatasetSummary;
  edit: DatasetSummary;
  undo: DatasetSummary;
  redo: DatasetSummary;
  thumbnails: readonly Blob[];
  picture: Blob;
  texts: readonly TextRow[];
  'find-texts': Int32Array;
  remap: DatasetSummary;
  'text-fit': TextFit;
  report: DataReport;
  'check-labels': Finding;
  augment: readonly AugmentedView[];
  'augment-texts': readonly AugmentedText[];
  'advise-model': readonly ModelAdvice[];
  'open-model': ModelSummary;
  'open-probes': OwnProbes;
  'drop-probes': null;
  'forget-model': null;
  plan: PlanSummary;
  train: RunStatus;
  continue: RunStatus;
  'range-test': RangeTest;
  'stop-range-test': null;
  control: null;
  profile: StepProfile;
  evaluate: Evaluation | GenerationEvaluation;
  'evaluate-base': Evaluation | GenerationEvaluation;
  memorised: Memorised;
  saliency: Saliency;
  'word-weights': WordWeights;
  'predict-frame': FrameGuess;
  predict: Comparison;
  generate: GeneratedText;
  'stop-generating': null;
  export: ExportedFile;
  'forget-run': null;
  'place-run': null;
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
  | 'tokens'
  | 'weights'
  | 'range-test'
  | 'prefix'
  | 'profile'
  | 'evaluate'
  | 'evaluate-base'
  | 'memorised'
  | 'export';

/** What the worker tells unasked. */
export type WorkerEvent =
  | { kind: 'progress'; task: ProgressTask; done: number; total: number; unit: 'bytes' | 'items' }
  /** Thumbnails of pictures as they are read, for the page to show while the rest comes; some are passed over. */
  | { kind: 'arrived'; pictures: readonly { path: string; thumbnail: Blob }[] }
  | { kind: 'keeping'; keep: KeepState }
  | { kind: 'metrics'; points: readonly StepMetrics[] }
  /** A run writes its own text before every question: the task's options as they then are. */
  | { kind: 'designed'; run: string; task: OptionValues }
  | { kind: 'sample'; sample: RunSample }
  | InsideEvent
  | MapEvent
  | MatrixEvent
  | { kind: 'mark'; mark: RunMark }
  /** All that has been written so far. */
  | { kind: 'generated'; stream: string; text: string }
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
