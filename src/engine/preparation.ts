import { breathe } from '../lib/breathe.ts';
import { hash } from '../lib/random.ts';
import type { FeatureCache } from '../nn/input.ts';
import type { Learner } from '../nn/learner.ts';
import type { LossTerm } from '../nn/loss-term.ts';
import { augments, cachedViews } from '../protocol/augmentation.ts';
import type { BackendInfo } from '../protocol/backend.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { RunStatus } from '../protocol/run.ts';
import type { ExampleSource } from '../tasks/engine.ts';
import { cureTerms } from './cures.ts';
import { makeReady, sourceOf } from './examples.ts';
import { cachePrefix } from './prefix.ts';
import { type Resident, residentOf } from './resident.ts';
import type { Run } from './runs.ts';
import type { Studio } from './studio.ts';
import { thesaurusFor } from './thesaurus.ts';

/** The run's examples as its model takes them, with all that is done once done; less where the run is stopped meanwhile. */
export async function readySource(studio: Studio, run: Run): Promise<ExampleSource> {
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
export async function readyTerms(studio: Studio, run: Run, source: ExampleSource): Promise<readonly LossTerm[]> {
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
export async function prepare(
  studio: Studio,
  run: Run,
  source: ExampleSource,
  backend: BackendInfo,
  learner: Learner,
  tell: (status: RunStatus) => void,
): Promise<FeatureCache | undefined> {
  if (!run.settings.cachePrefix || run.plan.boundary === 0 || run.plan.method.design || hasMovedPrefix(run))
    return undefined;
  const key = JSON.stringify([
    ...examplesKey(run),
    run.plan.start === 'scratch' && run.settings.seed,
    run.plan.boundary,
    backend.name,
    run.settings.halfPrecisionCache,
    viewKey(run),
    run.marks.some(({ kind }) => kind === 'branch') && run.id,
    run.settings.task,
  ]);
  return studio.networks.prefix(key, () =>
    cachePrefix({
      network: learner.network,
      plan: run.plan,
      source,
      ids: run.data!.ids,
      settings: run.settings,
      backend,
      onProgress(done, total) {
        if (run.control.stop === 'lost') throw new ProblemError('device-lost');
        tell({ ...run.status, prepared: { done, total } });
      },
    }),
  );
}

/** Where the examples fit the device as they are: what keeps them there, from the first batch on that asks for them. */
export const residentFor = (
  studio: Studio,
  run: Run,
  source: ExampleSource,
  backend: BackendInfo,
): Promise<Resident | undefined> => {
  const { train, validation } = run.data!.ids;
  return studio.networks.resident(JSON.stringify(examplesKey(run)), (beside) =>
    residentOf(source, train.length + validation.length, backend, beside),
  );
};

/** Which examples a run learns from and is judged by, and as whose they are read. */
function examplesKey({ model, data }: Run): readonly unknown[] {
  const { dataset, ids } = data!;
  const all = [...ids.train, ...ids.validation];
  return [model.summary.ref, numberOf(dataset.origin), `${all.length}/${hash(all.join())}`];
}

/** Whether stages were chosen to move that the method left frozen in front of all that it trains. */
export const hasMovedPrefix = ({ marks, plan }: Run): boolean =>
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
