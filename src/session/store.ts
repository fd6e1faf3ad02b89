import { createStore } from 'zustand/vanilla';
import type { AdviceCode } from '../advice/facts.ts';
import type { Dirt } from '../lessons/lesson.ts';
import type { BackendChoice, BackendInfo } from '../protocol/backend.ts';
import type { BranchPoint, RunMark } from '../protocol/control.ts';
import type { DataReport, DatasetSummary, DroppedFile, Finding } from '../protocol/dataset.ts';
import type { EmbeddingMap, Inside } from '../protocol/inside.ts';
import type { ProgressTask } from '../protocol/messages.ts';
import type { ModelAdvice, ModelSummary, OwnProbes, PlanSummary } from '../protocol/model.ts';
import type { Problem } from '../protocol/problems.ts';
import type { KeepState, ProjectSummary, QueuedRun, RunGroup } from '../protocol/project.ts';
import type { Comparison, Evaluation, ExportedFile, GenerationEvaluation, Memorised } from '../protocol/result.ts';
import type { RangeTest, RunMatrix, RunSample, RunSettings, RunStatus } from '../protocol/run.ts';
import type { StepProfile } from '../protocol/step-profile.ts';
import { initialSettings } from './defaults.ts';
import type { Curves } from './series.ts';

export const SCREENS = [
  'start',
  'data',
  'model',
  'train',
  'evaluate',
  'export',
  'compare',
  'lessons',
  'present',
  'bench',
] as const;
export type Screen = (typeof SCREENS)[number];

/** One run with its curves. Its weights stay in the worker. */
export interface RunRecord extends Curves {
  id: string;
  /** 1, 2, 3, … in the order they were started: gives name, colour and marker. */
  number: number;
  modelName: string;
  datasetName: string;
  /** Labels of the tuned head. */
  classes: readonly string[];
  settings: RunSettings;
  status: RunStatus;
  /** What it wrote at its validations, oldest first. */
  samples: readonly RunSample[];
  /** What was seen inside its network at its validations, and where the examples of its map lay. */
  inside?: Inside | undefined;
  map?: EmbeddingMap | undefined;
  /** Accuracy on each of a sequence of tasks after each. */
  matrix?: RunMatrix | undefined;
  /** What happened between its steps: changes, checkpoints, a return to the best. */
  marks: readonly RunMark[];
  /** True where the tuned model was dropped in from a download: no curves. */
  imported: boolean;
  /** One of several runs that differ in the examples drawn alone. */
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
  /** Right answers on the test set, as a share: kept where the evaluation itself is gone with the tab. */
  tested?: number;
  evaluation?: Evaluation;
  /** The same test examples by the model before training, since somebody asked for it. */
  base?: Evaluation;
  /** Where it is a model that writes. */
  generation?: GenerationEvaluation;
  generationBase?: GenerationEvaluation;
  /** What it knows by heart, since somebody asked for it. */
  memorised?: Memorised;
  /** Where a step's time goes, since somebody asked for it. */
  profile?: StepProfile;
  exported?: ExportedFile;
}

export interface Progress {
  task: ProgressTask;
  done: number;
  total: number;
  unit: 'bytes' | 'items';
}

/** Where a problem is shown: beside the thing that failed. */
export type ProblemPlace =
  | 'data'
  | 'report'
  | 'model'
  | 'probes'
  | 'train'
  | 'profile'
  | 'evaluate'
  | 'export'
  | 'backend';

export interface Trials {
  id: string;
  kind: RunGroup['kind'];
  done: number;
  of: number;
  stopping: boolean;
}

/** A lesson on its way: what it is doing, and what was done to its data. */
export interface LessonState {
  id: string;
  /** Of its runs. */
  group: string;
  doing?: 'data' | 'runs' | 'report';
  dirt?: Dirt;
  /** What the class foretells. */
  guess?: string;
}

export interface StudioState {
  screen: Screen;
  backendChoice: BackendChoice;
  backend?: BackendInfo;
  dataset?: DatasetSummary;
  /** Of the open data set; outdated where `of` is not the one that is open, and undefined until the first is made. */
  report?: DataReport & { of: DatasetSummary };
  /** Labels that are most probably wrong, since somebody asked for them. */
  wrongLabels?: Finding;
  /** Another data set is being read, from files or a sample, in place of what is open. */
  opening: boolean;
  /** Pictures that came in while files are read: the last few, each in the place of the oldest. */
  arrived: readonly { path: string; thumbnail: Blob }[];
  /** How many came in. */
  arrivals: number;
  /** Files that came while a data set is open: a person says whether they join it. */
  asked?: readonly DroppedFile[];
  /** The camera is open, to take pictures of this class; empty where it is still to be chosen. */
  camera?: string;
  /** Projects that the browser keeps; undefined until asked. */
  projects?: readonly ProjectSummary[];
  /** Whether the open project would survive a reload. */
  keep?: KeepState;
  model?: ModelSummary;
  /** Models that were dropped in, or are kept with a project that was opened. */
  imported: readonly ModelSummary[];
  plan?: PlanSummary;
  /** What a person scores the old task by, beside the data set `of`. */
  probes?: OwnProbes;
  settings: RunSettings;
  /** The settings stand as a finding about a run set them up; `before` is what they were. */
  setUp?: { run: string; code: AdviceCode; before: RunSettings };
  /** The lesson that was begun last. */
  lesson?: LessonState;
  /** Steps a second at most, of every run; 0 is as fast as it goes. */
  pace: number;
  /** What each model would cost and give on the data set `of`, since somebody asked for it. */
  modelAdvice?: { models: readonly ModelAdvice[]; of: DatasetSummary };
  /** Models are being measured for that: weights that load meanwhile are not the chosen model's. */
  advising: boolean;
  /** A learning rate is being looked for; what was found last, and for which settings. */
  findingRate: boolean;
  rangeTest?: { test: RangeTest; of: RunSettings };
  /** A series that goes on, with the draw that is under way. */
  series?: { id: string; draw: number; of: number; stopping: boolean };
  /** A search or a comparison of methods that goes on: so many of its runs are done. */
  trials?: Trials;
  /** The run whose steps are being measured. */
  profiling?: string;
  /** What the next run begins with instead of the model's own weights: a checkpoint, `epoch` being how far it had come. */
  branch?: BranchPoint & { epoch: number };
  /** Runs that wait, first things first. */
  queue: readonly QueuedRun[];
  /** They wait until told: the device was lost, or they were there before a reload. */
  queueHeld?: 'lost' | 'reloaded';
  runs: Readonly<Record<string, RunRecord>>;
  /** Run that Train, Evaluate and Export show. */
  currentRun?: string;
  /** The last picture tried on the current run. */
  trial?: { run: string; name: string; picture: Blob; comparison: Comparison };
  /** What is being written, by stream. */
  generated: Readonly<Record<string, string>>;
  progress: Readonly<Partial<Record<ProgressTask, Progress>>>;
  problems: Readonly<Partial<Record<ProblemPlace, Problem>>>;
}

export type StudioStore = ReturnType<typeof createStudioStore>;

/** State only: `actions.ts` changes it. */
export const createStudioStore = () =>
  createStore<StudioState>()(() => ({
    screen: 'start',
    backendChoice: 'auto',
    settings: initialSettings(),
    imported: [],
    queue: [],
    pace: 0,
    runs: {},
    opening: false,
    advising: false,
    findingRate: false,
    arrived: [],
    arrivals: 0,
    generated: {},
    progress: {},
    problems: {},
  }));
