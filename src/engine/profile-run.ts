import { epochOrder } from '../data/batches.ts';
import type { FeatureCache } from '../nn/input.ts';
import type { Learner } from '../nn/learner.ts';
import type { BackendInfo } from '../protocol/backend.ts';
import { inForce } from '../protocol/marks.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { StepProfile } from '../protocol/step-profile.ts';
import type { ExampleSource } from '../tasks/engine.ts';
import { Control } from './control.ts';
import { learnerOf } from './learner.ts';
import { cachePrefix } from './prefix.ts';
import { readySource, readyTerms, residentFor } from './preparation.ts';
import type { Run } from './runs.ts';
import { stepProfileOf } from './step-profile.ts';
import { type Measured, StepProfiler } from './step-profiler.ts';
import type { Studio } from './studio.ts';
import { train } from './train.ts';

/** Steps that the examples are enough for where no run is under way: they go round where it takes more. */
const STEPS = 32;
/** More epochs than it takes. */
const EPOCHS = 100;

/** Profiles under way. */
const profiling = new WeakSet<Studio>();

/**
 * Measures a few steps of a run: its own where it trains, which are steps as any others to it; else steps with its settings
 * and examples on weights that are thrown away. Throws `busy` where another run trains, or begins meanwhile, `nothing-trains`,
 * and `profile-cut` where the run ends before enough of its steps were seen.
 */
export async function profileRun(studio: Studio, id: string): Promise<StepProfile> {
  const run = studio.run(id);
  const { active } = studio;
  if (profiling.has(studio) || (active && active !== run)) throw new ProblemError('busy');
  if (!run.data || run.plan.trainable.size === 0)
    throw new ProblemError('nothing-trains', { method: run.settings.method.id });
  profiling.add(studio);
  try {
    const backend = await studio.backend();
    const profiler = new StepProfiler();
    const measured = await (active ? inPlace(run, profiler) : apart(studio, run, backend, profiler));
    const { input } = measured.last.fed[0]!;
    const beside = studio.networks.bytesBeside(input.kind === 'cached' ? input.cache : undefined);
    return { ...stepProfileOf(measured, backend, beside), run: id, inPlace: Boolean(active) };
  } finally {
    profiling.delete(studio);
  }
}

/** Steps of the run as it goes on. */
async function inPlace({ control }: Run, profiler: StepProfiler): Promise<Measured> {
  control.profiler = profiler;
  try {
    return await profiler.result;
  } finally {
    control.profiler = undefined;
  }
}

/** Steps on a few of the run's examples, by the loop that a run goes through; nothing of them is kept. */
async function apart(studio: Studio, run: Run, backend: BackendInfo, profiler: StepProfiler): Promise<Measured> {
  const control = new Control();
  control.profiler = profiler;
  const stop = () => {
    if (!control.stop) control.apply({ kind: 'stop-discard' });
  };
  profiler.result.then(stop, stop);
  const own = shortened(run, control);
  const source = await readySource(studio, own);
  const learner = learnerOf(own);
  let cache: FeatureCache | undefined;
  try {
    learner.terms = await readyTerms(studio, own, source);
    cache = await prefixFor(studio, own, { source, learner, backend });
    const { settings, plan, data } = own;
    const events = train({
      run: own.id,
      settings,
      learner,
      source,
      classes: own.classes.length,
      ids: data!.ids,
      cache,
      // those of the run may still be there
      resident: cache ? undefined : await residentFor(studio, run, source, backend),
      control,
      inForce: inForce(settings, []),
      movable: () => plan.trainable,
      backend: backend.name,
      unrepeatable: [],
    });
    for (let next = await events.next(); !next.done; next = await events.next()) needQuiet(studio);
    profiler.end();
    return await profiler.result;
  } finally {
    profiler.end();
    // of a device that was lost meanwhile nothing may be touched
    if ((await studio.backend()) === backend) {
      cache?.dispose();
      learner.dispose();
    }
  }
}

function needQuiet({ active }: Studio): void {
  if (active) throw new ProblemError('busy');
}

/** The run on a few of its examples, as long as anybody may look. */
function shortened(run: Run, control: Control): Run {
  const { dataset, ids } = run.data!;
  const settings = {
    ...run.settings,
    epochs: EPOCHS,
    earlyStopping: { ...run.settings.earlyStopping, enabled: false, restoreBest: false },
  };
  const order = epochOrder(ids.train.length, settings.seed, 1);
  const taken = order.subarray(0, STEPS * settings.batchSize * settings.accumulate);
  const train = Array.from(taken, (place) => ids.train[place]!);
  return {
    ...run,
    settings,
    control,
    marks: [],
    data: { dataset, ids: { train, validation: train.slice(0, 1), test: [] } },
  };
}

function prefixFor(
  studio: Studio,
  { settings, plan, data }: Run,
  { source, learner, backend }: { source: ExampleSource; learner: Learner; backend: BackendInfo },
): Promise<FeatureCache | undefined> {
  const tell = studio.progress('profile', 'items');
  const onProgress = (done: number, total: number) => {
    needQuiet(studio);
    tell(done, total);
  };
  if (!settings.cachePrefix) return Promise.resolve(undefined);
  return cachePrefix({ network: learner.network, plan, source, ids: data!.ids, settings, backend, onProgress });
}
