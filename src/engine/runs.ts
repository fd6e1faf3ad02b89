import type { AnyDataset, AnyOpened } from '../data/open.ts';
import type { ImportedModel } from '../export/tuned-model.ts';
import { Network } from '../nn/network.ts';
import type { WeightValues } from '../nn/weights.ts';
import type { RunMark } from '../protocol/control.ts';
import { type EmbeddingMap, type Inside, looksUpTo } from '../protocol/inside.ts';
import { MOST_CHECKPOINTS, marksUpTo, matrixUpTo } from '../protocol/marks.ts';
import type { Evaluation, GenerationEvaluation } from '../protocol/result.ts';
import { emptyStatus, type RunMatrix, type RunSample, type RunSettings, type RunStatus } from '../protocol/run.ts';
import type { AskedCheckpoint, Checkpoint } from './checkpoint.ts';
import { Control } from './control.ts';
import type { LoadedModel } from './model.ts';
import { type Plan, startingValues } from './plan.ts';

/** One run in the worker: what it started from, what it has, and the data it was made with. */
export interface Run {
  id: string;
  settings: RunSettings;
  /** What it said at its validations. */
  samples: readonly RunSample[];
  /** What was seen inside its network at them, and where the examples of its map lay; undefined before the first. */
  inside?: Inside | undefined;
  map?: EmbeddingMap | undefined;
  /** Accuracy on each of a sequence of tasks after each. */
  matrix?: RunMatrix | undefined;
  /** What was done to it between its steps. */
  marks: readonly RunMark[];
  model: LoadedModel;
  plan: Plan;
  /** Labels of its head. */
  classes: readonly string[];
  /** Undefined for a model that was dropped in. */
  data: { dataset: AnyDataset; ids: SplitIds } | undefined;
  /** What `status.probes` names, as long as the page is open that the run was begun on. */
  probes?: AnyOpened;
  control: Control;
  status: RunStatus;
  best: Checkpoint | undefined;
  last: Checkpoint | undefined;
  /** Those that somebody asked for, oldest first. */
  asked: readonly AskedCheckpoint[];
  /** The weights it ended with that are not the model's own: undefined while it runs and nothing was kept. */
  kept: { weights: WeightValues; epoch: number; step: number; seconds: number } | undefined;
  /** Backend and adapter it ran on. */
  device: { backend: string; adapter: string };
  evaluation?: Evaluation;
  /** Where it is a model that writes. */
  generation?: GenerationEvaluation;
  /** Of the model that it began with, on the same examples. */
  baseEvaluation?: Evaluation;
  baseGeneration?: GenerationEvaluation;
  /** What the download said, where the run was dropped in. */
  imported?: ImportedModel;
}

export interface SplitIds {
  train: readonly number[];
  validation: readonly number[];
  test: readonly number[];
}

/** Every weight that the run ended with, in memory's layout. */
export function tunedValues(run: Run): WeightValues {
  return new Map([...startingValues(run.model, run.plan, run.settings.seed), ...(run.kept?.weights ?? [])]);
}

export const tunedNetwork = (run: Run): Network => new Network(run.plan.architecture, tunedValues(run));

/** Keeps a checkpoint that somebody asked for, in the place of the oldest where there are too many. */
export function keepAsked(run: Run, { state, ...rest }: Checkpoint): void {
  const others = run.asked.filter(({ step }) => step !== rest.step);
  run.asked = [...others, { ...rest, load: async () => state }].slice(-MOST_CHECKPOINTS);
}

/** Back to a step: what was done to a run later is undone, and its checkpoints of later steps go. */
export function rewind(run: Run, step: number): void {
  run.samples = run.samples.filter((sample) => sample.step <= step);
  run.inside = looksUpTo(run.inside, step);
  run.map = looksUpTo(run.map, step);
  run.matrix = matrixUpTo(run.matrix, step);
  run.marks = marksUpTo(run.marks, step);
  run.asked = run.asked.filter((checkpoint) => checkpoint.step <= step);
}

/** What a run ends with: the best checkpoint where that was asked for or nothing else was kept, else the last one. */
export function keep(run: Run): void {
  const { finish } = run.status;
  const wantsBest = run.settings.earlyStopping.restoreBest || finish === 'stop-keep' || finish === 'failed';
  const chosen = (wantsBest ? run.best : undefined) ?? run.last ?? run.best;
  if (!chosen) return;
  const { epoch, step, seconds, state } = chosen;
  run.kept = { weights: state.weights, epoch, step, seconds };
}

/** A tuned model that was dropped in, as a run that has ended. Its weights are its model's. */
export function importedRun(o: Pick<Run, 'id' | 'model' | 'plan'> & { imported: ImportedModel }): Run {
  const { id, model, plan, imported } = o;
  const { settings, training } = imported;
  return {
    id,
    settings,
    samples: [],
    marks: [],
    model,
    plan,
    classes: model.labels,
    data: undefined,
    control: new Control(),
    status: { ...emptyStatus(id, settings.epochs, training.backend), phase: 'done', finish: training.finish },
    best: undefined,
    last: undefined,
    asked: [],
    kept: { weights: new Map(), epoch: training.epoch, step: training.step, seconds: training.seconds },
    device: { backend: training.backend, adapter: training.adapter },
    imported,
  };
}
