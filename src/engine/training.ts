import { fewShot } from '../data/few-shot.ts';
import type { AnyDataset } from '../data/open.ts';
import type { BackendInfo } from '../protocol/backend.ts';
import type { BranchPoint, RunMark } from '../protocol/control.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { RunPlace } from '../protocol/project.ts';
import { emptyStatus, isOver, type RunSettings, type RunStatus } from '../protocol/run.ts';
import { type Beginning, type Branch, beginningAt } from './branch.ts';
import { sequenceOf, withoutStopping } from './continual.ts';
import { Control } from './control.ts';
import { checkCures } from './cures.ts';
import { drive, epochsOf } from './drive.ts';
import { needFit } from './examples.ts';
import type { LoadedModel } from './model.ts';
import { ownProbesOf } from './own-probes.ts';
import { type Plan, planRun } from './plan.ts';
import { stepsPerEpoch } from './plan-summary.ts';
import { withRoom } from './room.ts';
import { type Run, rewind } from './runs.ts';
import { checkChange } from './steering.ts';
import type { Studio } from './studio.ts';
import { taskOf } from './tasks.ts';
import { settledBackend, timeSteps } from './trial.ts';

/** How a run begins besides its settings. */
interface Start {
  place?: RunPlace | undefined;
  /** With the checkpoint of another run. */
  from?: BranchPoint | undefined;
  /** Halts after this epoch. */
  until?: number | undefined;
  /** Steps a second at most, from the first one on. */
  pace?: number | undefined;
}

/**
 * Begins a run on the open data set. Throws `busy`, `no-dataset`, `nothing-trains`, `split-too-small`, and what
 * `checkChange` and `beginningAt` throw.
 */
export async function startRun(
  studio: Studio,
  id: string,
  asked: RunSettings,
  { place, from, until, pace }: Start = {},
): Promise<RunStatus> {
  if (studio.active) throw new ProblemError('busy');
  const { run, backend } = await beginning(studio, id, pace, (control) => newRun(studio, id, asked, { control, from }));
  return drive(studio, run, backend, studio.keeping.follow(run, place, false), { until, branches: Boolean(from) });
}

/** Has what is asked of a run wait for it while its model loads or its backend starts. */
async function beginning<T>(
  studio: Studio,
  id: string,
  pace: number | undefined,
  work: (control: Control) => Promise<T>,
): Promise<T> {
  const control = new Control(pace);
  studio.beginning.set(id, control);
  try {
    return await work(control);
  } finally {
    studio.beginning.delete(id);
  }
}

/** A run on the open data set, among the others, and what it will compute on. */
async function newRun(
  studio: Studio,
  id: string,
  asked: RunSettings,
  { control, from }: Pick<Start, 'from'> & { control: Control },
): Promise<{ run: Run; backend: BackendInfo }> {
  const dataset = studio.needDataset();
  const model = await studio.model(asked.model);
  await studio.backend();
  needFit(dataset, model);
  const { writing } = taskOf(model.config.architecture);
  const settled = writing ? { ...asked, task: writing.settle(dataset, asked.task) } : asked;
  const plan = planRun(model, dataset.classes, settled);
  const { settings, train } = designed(dataset, model, withoutStopping(settled), plan);
  checkCures(model, plan, settings);
  const ids = { train, validation: dataset.ids('validation'), test: dataset.ids('test') };
  for (const split of ['train', 'validation'] as const)
    if (ids[split].length === 0) throw new ProblemError('split-too-small', { split, class: '', count: 0 });
  const { learningRate, weightDecay, earlyStopping } = settings;
  checkChange({ learningRate, weightDecay, patience: earlyStopping.patience }, { plan, settings });
  const sequence = sequenceOf(dataset, ids, settings);
  const branch = { settings, plan, dataset, examples: sequence?.size ?? ids.train.length };
  if (from) await studio.recall(from.run);
  const backend = await settledBackend(studio, { plan, settings }, (started) =>
    timeSteps(studio, { model, plan, settings, ids: train }, started),
  );
  const start = from && (await beginningAt(studio.run(from.run), from.checkpoint, branch));
  if (studio.active) throw new ProblemError('busy');
  const own = ownProbesOf(studio, model, settings);
  const run: Run = {
    id,
    settings,
    samples: [],
    marks: from && start ? marksOf(id, from, start, branch) : [],
    model: withRoom(model, plan.method),
    plan,
    classes: dataset.classes,
    data: { dataset, ids },
    ...own?.run,
    control,
    status: { ...emptyStatus(id, epochsOf({ plan, settings }), backend.name), ...own?.status },
    best: start?.best,
    last: start?.last,
    asked: [],
    kept: undefined,
    device: { backend: backend.name, adapter: backend.adapter },
  };
  studio.runs.set(id, run);
  if (plan.method.design) studio.emit({ kind: 'designed', run: id, task: settings.task });
  for (const mark of run.marks) studio.emit({ kind: 'mark', mark });
  return { run, backend };
}

/** The settings of a run and what it learns from. Where nothing trains, with what stands before every question. */
function designed(dataset: AnyDataset, model: LoadedModel, settings: RunSettings, { method: { design } }: Plan) {
  const train = fewShot(dataset, settings);
  const { writing } = taskOf(model.config.architecture);
  if (!design || !writing?.design) return { settings, train };
  const { seed, task } = settings;
  const preamble = writing.design(dataset, train, { ...design, seed }, model.processor, task);
  return { settings: { ...settings, task: { ...task, preamble } }, train };
}

/** What is told of a branch before its first step. */
function marksOf(
  run: string,
  from: BranchPoint,
  { last, stages }: Beginning,
  { settings, examples }: Branch,
): RunMark[] {
  const { step, seconds } = last;
  const at = { run, step, epoch: step / stepsPerEpoch(examples, settings.batchSize * settings.accumulate), seconds };
  const chosen: RunMark[] = stages ? [{ ...at, kind: 'change', change: { stages } }] : [];
  return [{ ...at, kind: 'branch', from }, ...chosen];
}

/** Takes a run up from its last checkpoint, or from its start where there is none: after a loss, a reload or a stop. */
export async function continueRun(studio: Studio, id: string, { until, pace }: Start = {}): Promise<RunStatus> {
  if (studio.active) throw new ProblemError('busy');
  const run = studio.run(id);
  if (!run.data) throw new ProblemError('no-run');
  const backend = await beginning(studio, id, pace, (control) => {
    run.control = control;
    return studio.backend();
  });
  studio.outdate(id);
  rewind(run, run.last?.step ?? -1);
  run.device = { backend: backend.name, adapter: backend.adapter };
  const { problem: _, finish: __, ...status } = run.status;
  run.status = { ...status, phase: 'preparing', backend: backend.name };
  return drive(studio, run, backend, studio.keeping.follow(run, undefined, true), { until });
}

export const isFinished = (run: Run): boolean => isOver(run.status.phase) && run.kept !== undefined;
