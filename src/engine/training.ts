import { fewShot } from '../data/few-shot.ts';
import type { AnyDataset } from '../data/open.ts';
import { hash } from '../lib/random.ts';
import type { FeatureCache } from '../nn/input.ts';
import type { Learner } from '../nn/learner.ts';
import type { LossTerm } from '../nn/loss-term.ts';
import type { BackendInfo } from '../protocol/backend.ts';
import { withLook } from '../protocol/inside.ts';
import { inForce } from '../protocol/marks.ts';
import { type Problem, ProblemError } from '../protocol/problems.ts';
import type { RunPlace } from '../protocol/project.ts';
import {
  augments,
  type BranchPoint,
  cachedViews,
  emptyStatus,
  isOver,
  type RunMark,
  type RunSettings,
  type RunStatus,
} from '../protocol/run.ts';
import type { RunKeeper } from '../storage/run-keeper.ts';
import type { ExampleSource } from '../tasks/engine.ts';
import { breathe } from '../lib/breathe.ts';
import { type Beginning, type Branch, beginningAt } from './branch.ts';
import { Control } from './control.ts';
import { matrixWatcher, type Sequence, sequenceOf, withoutStopping } from './continual.ts';
import { Courier } from './courier.ts';
import { checkCures, cureTerms } from './cures.ts';
import { makeReady, needFit, sourceOf } from './examples.ts';
import { type Insider, insider } from './inside/insider.ts';
import { learnerOf } from './learner.ts';
import type { LoadedModel } from './model.ts';
import { type OldTaskWatch, watchOldTask } from './old-task.ts';
import { movingOf, type Plan, planRun } from './plan.ts';
import { stepsPerEpoch } from './plan-summary.ts';
import { cachePrefix } from './prefix.ts';
import { unrepeatable } from './repeatable.ts';
import { withRoom } from './room.ts';
import { keep, keepAsked, type Run, rewind } from './runs.ts';
import { sampler } from './samples.ts';
import { checkChange, movable } from './steering.ts';
import type { Studio } from './studio.ts';
import { taskOf } from './tasks.ts';
import { thesaurusFor } from './thesaurus.ts';
import { type TrainingJob, train } from './train.ts';

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
  const dataset = studio.needDataset();
  const model = await studio.model(asked.model);
  const backend = await studio.backend();
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
  const beginning = from && (await beginningAt(studio.run(from.run), from.checkpoint, branch));
  if (studio.active) throw new ProblemError('busy');
  const run: Run = {
    id,
    settings,
    samples: [],
    marks: from && beginning ? marksOf(id, from, beginning, branch) : [],
    model: withRoom(model, plan.method),
    plan,
    classes: dataset.classes,
    data: { dataset, ids },
    control: new Control(pace),
    status: emptyStatus(id, epochsOf({ plan, settings }), backend.name),
    best: beginning?.best,
    last: beginning?.last,
    asked: [],
    kept: undefined,
    device: { backend: backend.name, adapter: backend.adapter },
  };
  studio.runs.set(id, run);
  if (plan.method.design) studio.emit({ kind: 'designed', run: id, task: settings.task });
  for (const mark of run.marks) studio.emit({ kind: 'mark', mark });
  return drive(studio, run, backend, studio.keeping.follow(run, place, false), { until, branches: Boolean(from) });
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

/** None where nothing trains. */
const epochsOf = ({ plan, settings }: Pick<Run, 'plan' | 'settings'>): number =>
  plan.method.design ? 0 : settings.epochs;

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
  const backend = await studio.backend();
  studio.outdate(id);
  run.control = new Control(pace);
  rewind(run, run.last?.step ?? -1);
  run.device = { backend: backend.name, adapter: backend.adapter };
  const { problem: _, finish: __, ...status } = run.status;
  run.status = { ...status, phase: 'preparing', backend: backend.name };
  return drive(studio, run, backend, studio.keeping.follow(run, undefined, true), { until });
}

/** Prepares and trains; whatever way it ends, the best weights so far are kept, unless the page discards them. */
async function drive(
  studio: Studio,
  run: Run,
  backend: BackendInfo,
  kept: RunKeeper | undefined,
  how: Pick<TrainingJob, 'until' | 'branches'>,
): Promise<RunStatus> {
  const courier = new Courier(studio.emit);
  const tell = (status: RunStatus) => {
    run.status = status;
    kept?.changed();
    courier.status(status);
  };
  let learner: Learner | undefined;
  let looking: Insider | undefined;
  let old: OldTaskWatch | undefined;
  let result: RunStatus;
  try {
    tell(run.status);
    learner = learnerOf(run);
    // a branch has a prefix of its own
    if (run.last) learner.write(run.last.state, run.last.step);
    const source = await readySource(studio, run);
    looking = insider(run, learner, source);
    learner.terms = await readyTerms(studio, run, source);
    const cache = run.control.stop ? undefined : await prepare(studio, run, source, backend, learner, tell);
    old = await watchOldTask(studio, run, learner, { source, cached: Boolean(cache), prefixMoved: hasMovedPrefix(run) });
    result = run.control.stop
      ? { ...run.status, phase: 'stopped', finish: 'stop-discard' }
      : await follow(studio, run, { learner, old, looking, source, cache, backend, courier, tell, kept, how });
  } catch (error) {
    result = failed(run, error);
  }
  run.status = result;
  // after a loss the learner's tensors are gone with the device
  if (run.control.stop !== 'lost') {
    learner?.dispose();
    looking?.dispose();
    old?.dispose();
  }
  if (result.finish !== 'stop-discard') keep(run);
  courier.flush();
  await kept?.end();
  return result;
}

/** Consumes the training events: checkpoints are kept here, the rest goes to the page. */
async function follow(
  studio: Studio,
  run: Run,
  o: {
    learner: Learner;
    looking: Insider | undefined;
    old: OldTaskWatch | undefined;
    source: ExampleSource;
    cache: FeatureCache | undefined;
    backend: BackendInfo;
    courier: Courier;
    tell(status: RunStatus): void;
    kept: RunKeeper | undefined;
    how: Pick<TrainingJob, 'until' | 'branches'>;
  },
): Promise<RunStatus> {
  const { learner, looking, old, source, cache, backend, courier, tell, kept, how } = o;
  const { dataset, ids } = run.data!;
  const sequence = sequenceOf(dataset, ids, run.settings);
  const events = train({
    run: run.id,
    settings: { ...run.settings, epochs: epochsOf(run) },
    learner,
    source,
    classes: run.classes.length,
    ids,
    cache,
    control: run.control,
    onlooker: looking,
    learned: sequence?.learned,
    watchers: [sampler(run, learner), sequence && matrixOf(run, sequence, learner, source), old?.watch, looking?.watcher].filter((watcher) => watcher !== undefined),
    from: run.last ? { last: run.last, best: run.best } : undefined,
    inForce: inForce(run.settings, run.marks),
    movable: (stages) => movable(run.plan, stages),
    moving: movingOf(run.plan),
    ...how,
    backend: backend.name,
    beside: () => studio.networks.bytesBeside(cache),
    unrepeatable: unrepeatable(run.plan, run.settings.batchSize, backend),
  });
  for (;;) {
    const { value, done } = await events.next();
    if (done) return value;
    switch (value.kind) {
      case 'metrics':
        courier.point(value.point);
        kept?.point(value.point);
        break;
      case 'sample':
        run.samples = [...run.samples, value.sample];
        kept?.changed();
        studio.emit({ kind: 'sample', sample: value.sample });
        break;
      case 'inside':
        run.inside = withLook(run.inside, value.shape, value.look);
        kept?.changed();
        studio.emit(value);
        break;
      case 'map':
        run.map = withLook(run.map, value.shape, value.look);
        kept?.changed();
        studio.emit(value);
        break;
      case 'status':
        tell(value.status);
        break;
      case 'matrix':
        run.matrix = value.matrix;
        kept?.changed();
        studio.emit(value);
        break;
      case 'mark':
        run.marks = [...run.marks, value.mark];
        kept?.changed();
        studio.emit({ kind: 'mark', mark: value.mark });
        break;
      case 'checkpoint':
        if (value.which === 'asked') keepAsked(run, value.checkpoint);
        else run[value.which] = value.checkpoint;
        break;
      default:
        value satisfies never;
    }
  }
}

const matrixOf = ({ matrix, settings, classes }: Run, sequence: Sequence, learner: Learner, source: ExampleSource) =>
  matrixWatcher(sequence, { learner, source, classes: classes.length, batchSize: settings.batchSize }, matrix);

/** The run's examples as its model takes them, with all that is done once done; less where the run is stopped meanwhile. */
async function readySource(studio: Studio, run: Run): Promise<ExampleSource> {
  const { dataset, ids } = run.data!;
  const thesaurus = await thesaurusFor(studio.root, run.settings.augmentation);
  const source = sourceOf(dataset, run.model, run.settings.task, thesaurus);
  const stopped = new Error('stopped');
  try {
    await makeReady(studio, source, [...ids.train, ...ids.validation], () => {
      if (run.control.stop === 'lost') throw new ProblemError('device-lost');
      if (run.control.stop) throw stopped;
    });
  } catch (error) {
    if (error !== stopped) throw error;
  }
  return source;
}

/** What cures add to the loss, with what they find out before the first step; none where the run is stopped meanwhile. */
async function readyTerms(studio: Studio, run: Run, source: ExampleSource): Promise<readonly LossTerm[]> {
  const stopped = new Error('stopped');
  const onDone = async () => {
    await breathe();
    if (run.control.stop === 'lost') throw new ProblemError('device-lost');
    if (run.control.stop) throw stopped;
  };
  try {
    await onDone();
    return await cureTerms(run, source, { root: studio.root, onDone });
  } catch (error) {
    if (error !== stopped) throw error;
    return [];
  }
}

/** The output of the frozen prefix, once for all epochs; made only where it is wanted and there is one. */
async function prepare(
  studio: Studio,
  run: Run,
  source: ExampleSource,
  backend: BackendInfo,
  learner: Learner,
  tell: (status: RunStatus) => void,
): Promise<FeatureCache | undefined> {
  if (!run.settings.cachePrefix || run.plan.boundary === 0 || run.plan.method.design || hasMovedPrefix(run))
    return undefined;
  const { dataset, ids } = run.data!;
  const all = [...ids.train, ...ids.validation];
  const key = JSON.stringify([
    run.model.summary.ref,
    run.plan.start === 'scratch' && run.settings.seed,
    run.plan.boundary,
    backend.name,
    numberOf(dataset.origin),
    `${all.length}/${hash(all.join())}`,
    viewKey(run),
    run.marks.some(({ kind }) => kind === 'branch') && run.id,
    run.settings.task,
  ]);
  return studio.networks.prefix(key, () =>
    cachePrefix({
      network: learner.network,
      plan: run.plan,
      source,
      ids,
      settings: run.settings,
      backend,
      onProgress(done, total) {
        if (run.control.stop === 'lost') throw new ProblemError('device-lost');
        tell({ ...run.status, prepared: { done, total } });
      },
    }),
  );
}

/** Whether stages were chosen to move that the method left frozen in front of all that it trains. */
const hasMovedPrefix = ({ marks, plan }: Run): boolean =>
  marks.some((mark) => {
    const stages = (mark.kind === 'change' && mark.change.stages) || [];
    return plan.architecture.stages.slice(0, plan.boundary).some(({ name }) => stages.includes(name));
  });

/** What the cached rows depend on beside the examples, where training pictures are augmented. */
const viewKey = ({ settings, data }: Run) =>
  augments(settings.augmentation)
    ? [settings.augmentation, settings.seed, cachedViews(settings), data!.ids.train.length]
    : undefined;

let numbered = 0;
const numbers = new WeakMap<object, number>();
/** A number for each data set's examples. */
function numberOf(origin: object): number {
  const known = numbers.get(origin) ?? ++numbered;
  numbers.set(origin, known);
  return known;
}

function failed(run: Run, error: unknown): RunStatus {
  const lost = run.control.stop === 'lost' || (error instanceof ProblemError && error.problem.code === 'device-lost');
  const problem: Problem = lost
    ? { code: 'device-lost', severity: 'error', values: { epoch: run.status.epoch } }
    : error instanceof ProblemError
      ? error.problem
      : {
          code: 'internal',
          severity: 'error',
          values: { message: error instanceof Error ? error.message : String(error) },
        };
  if (!lost && problem.code === 'internal') console.error(error);
  const phase = lost ? 'lost' : 'failed';
  return { ...run.status, phase, finish: phase, problem, secondsLeft: 0 };
}

export const isFinished = (run: Run): boolean => isOver(run.status.phase) && run.kept !== undefined;
