import type { FeatureCache } from '../nn/input.ts';
import type { Learner } from '../nn/learner.ts';
import type { BackendInfo } from '../protocol/backend.ts';
import { withLook } from '../protocol/inside.ts';
import { inForce } from '../protocol/marks.ts';
import { type Problem, ProblemError } from '../protocol/problems.ts';
import type { RunStatus } from '../protocol/run.ts';
import type { RunKeeper } from '../storage/run-keeper.ts';
import type { ExampleSource } from '../tasks/engine.ts';
import { matrixWatcher, type Sequence, sequenceOf } from './continual.ts';
import { Courier } from './courier.ts';
import { type Insider, insider } from './inside/insider.ts';
import { learnerOf } from './learner.ts';
import { type OldTaskWatch, watchOldTask } from './old-task.ts';
import { movingOf } from './plan.ts';
import { hasMovedPrefix, prepare, readySource, readyTerms, residentFor } from './preparation.ts';
import { unrepeatable } from './repeatable.ts';
import { keep, keepAsked, type Run } from './runs.ts';
import { sampler } from './samples.ts';
import { movable } from './steering.ts';
import type { Studio } from './studio.ts';
import { train } from './train.ts';
import type { TrainingJob } from './training-job.ts';

/** None where nothing trains. */
export const epochsOf = ({ plan, settings }: Pick<Run, 'plan' | 'settings'>): number =>
  plan.method.design ? 0 : settings.epochs;

/** Prepares and trains; whatever way it ends, the best weights so far are kept, unless the page discards them. */
export async function drive(
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
    old = await watchOldTask(studio, run, learner, {
      source,
      prefixMoved: hasMovedPrefix(run),
      cache,
    });
    result = run.control.stop
      ? { ...run.status, phase: 'stopped', finish: 'stop-discard' }
      : await follow(studio, run, { learner, old, looking, source, cache, backend, courier, tell, kept, how });
  } catch (error) {
    result = failed(run, error);
  }
  run.status = result;
  run.control.profiler?.end();
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
    resident: cache ? undefined : await residentFor(studio, run, source, backend),
    control: run.control,
    onlooker: looking,
    learned: sequence?.learned,
    watchers: [
      sampler(run, learner),
      sequence && matrixOf(run, sequence, learner, source),
      old?.watch,
      looking?.watcher,
    ].filter((watcher) => watcher !== undefined),
    from: run.last ? { last: run.last, best: run.best } : undefined,
    inForce: inForce(run.settings, run.marks),
    movable: (stages) => movable(run.plan, stages),
    moving: movingOf(run.plan),
    ...how,
    backend: backend.name,
    beside: () => studio.networks.bytesBeside(cache),
    unrepeatable: unrepeatable(run.plan, run.settings.batchSize, backend),
    ...(run.status.probes ? { probes: run.status.probes } : {}),
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

/** What an allocator says that has no more; the words of WebAssembly's when its own code asked for it. */
const isOutOfMemory = (error: unknown): boolean =>
  (error instanceof ProblemError && error.problem.code === 'out-of-memory') ||
  (error instanceof RangeError && /alloc|memory|array buffer/i.test(error.message)) ||
  (error instanceof Error && /Aborted\(OOM\)|Cannot enlarge memory|out of memory/i.test(error.message));

function failed(run: Run, error: unknown): RunStatus {
  const lost = run.control.stop === 'lost' || (error instanceof ProblemError && error.problem.code === 'device-lost');
  const full = lost ? run.control.lostBy?.code === 'out-of-memory' : isOutOfMemory(error);
  const problem: Problem = full
    ? { code: 'out-of-memory', severity: 'error', values: {} }
    : lost
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
