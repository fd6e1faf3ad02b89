import type { CureContext, Original } from '../cures/engine.ts';
import { CURE_ENGINES } from '../cures/engines.ts';
import type { CureMeta } from '../cures/meta.ts';
import { CURE_METAS } from '../cures/metas.ts';
import { fromDisk } from '../nn/layout.ts';
import type { LossTerm } from '../nn/loss-term.ts';
import { profile } from '../nn/profile.ts';
import { ProblemError } from '../protocol/problems.ts';
import { CURES, type CureId, type RunSettings } from '../protocol/run.ts';
import { CURE_OPTIONS } from '../protocol/settings.ts';
import type { ExampleSource } from '../tasks/engine.ts';
import { architectureOf, type LoadedModel } from './model.ts';
import { oldExamples, replaySetOf, standIns } from './old-examples.ts';
import { ownHead } from './old-head.ts';
import { methodOf, type Plan } from './plan.ts';
import type { Run } from './runs.ts';
import { taskOf } from './tasks.ts';

/** Those that are on. In a sequence of tasks, replay is of the earlier ones, which needs no term of the loss. */
const active = ({ cures, tasks }: Pick<RunSettings, 'cures' | 'tasks'>): readonly CureId[] =>
  CURES.filter((id) => cures[id] !== 0 && !(id === 'replay' && tasks > 1));

/** The model came with answers: a head with labels, or it says tokens. */
const hasHead = (model: LoadedModel): boolean =>
  model.labels.length > 0 || architectureOf(model.config).perToken === true;

/** Throws `cure-unfit` for a cure that is on and can do nothing here, or has a strength that none has. */
export function checkCures(
  model: LoadedModel,
  plan: Plan,
  settings: Pick<RunSettings, 'cures' | 'tasks' | 'method'>,
): void {
  const { cures, method } = settings;
  for (const { name, max } of CURE_OPTIONS)
    if (!(cures[name] >= 0 && cures[name] <= max)) refuse(name, 'strength', { value: String(cures[name]), most: max });
  for (const id of active(settings)) {
    const { holds, needs }: CureMeta = CURE_METAS[id];
    if (plan.start === 'scratch') refuse(id, 'scratch');
    if (needs !== 'nothing' && !hasHead(model)) refuse(id, 'head', { model: model.summary.name });
    if (needs === 'examples' && !replaySetOf(model)) refuse(id, 'examples', { model: model.summary.name });
    const idle = holds === 'weights' ? !movesOwn(plan) : !movesBody(plan);
    if (idle) refuse(id, 'idle', { method: method.id });
  }
}

const refuse = (cure: CureId, reason: string, values: Record<string, string | number> = {}): never => {
  throw new ProblemError('cure-unfit', { cure, reason, ...values });
};

/** Weights that came with the model and are still its own. */
const ownWeights = ({ base: { profile: shape }, head, keepsHead }: Plan): ReadonlySet<string> =>
  new Set(
    [...shape.weights]
      .filter(([name, { role }]) => role !== 'stat' && (keepsHead || !head.has(name)))
      .map(([name]) => name),
  );

function movesOwn(plan: Plan): boolean {
  const own = ownWeights(plan);
  return [...plan.trainable].some((name) => own.has(name));
}

/** Whether what the old head reads, or the old head itself, is another after a step. */
const movesBody = ({ trainable, architecture: { stages }, boundary, keepsHead }: Plan): boolean =>
  trainable.size > 0 && (keepsHead || boundary < stages.length - 1);

/** A model as it came, with what it was tuned with before where that is no part of its own weights. */
export function originalOf(model: LoadedModel, plan: Plan): Original {
  const bare = architectureOf({ ...model.config, num_labels: Math.max(1, model.labels.length) });
  const architecture = model.applied ? methodOf(model.applied, bare).apply(bare) : bare;
  const values = new Map<string, Float32Array>();
  for (const [name, spec] of profile(architecture).weights) {
    const raw = model.file.get(name);
    const data = raw && fromDisk(raw, spec);
    if (data) values.set(name, data);
  }
  return { architecture, values, frozen: plan.keepsHead ? new Set() : new Set(ownHead(architecture).keys()) };
}

/** The terms of the cures that are on, ready for the first step; what they need of the old task is fetched. */
export async function cureTerms(
  { model, plan, settings, data }: Pick<Run, 'model' | 'plan' | 'settings' | 'data'>,
  source: ExampleSource,
  { root, onDone }: Pick<CureContext, 'onDone'> & { root: string },
): Promise<LossTerm[]> {
  const ids = active(settings);
  if (ids.length === 0) return [];
  const { seed, batchSize, task, cures } = settings;
  const replay = replaySetOf(model);
  const context: CureContext = {
    original: originalOf(model, plan),
    own: ownWeights(plan),
    trainable: plan.trainable,
    examples: replay
      ? await oldExamples(model, replay, task, root)
      : standIns(source, data!.ids.train, plan.config.num_labels, seed),
    objective: taskOf(model.config.architecture).objective,
    seed,
    batchSize,
    onDone,
  };
  const terms: LossTerm[] = [];
  for (const id of ids) terms.push(await CURE_ENGINES[id].term(cures[id], context));
  return terms;
}
