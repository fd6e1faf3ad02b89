import type { AnyDataset } from '../data/open.ts';
import type { BranchPoint } from '../protocol/control.ts';
import { SPLITS } from '../protocol/dataset.ts';
import { inForce, marksUpTo } from '../protocol/marks.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { RunSettings } from '../protocol/run.ts';
import type { Checkpoint } from './checkpoint.ts';
import { begin } from './early-stopping.ts';
import { type Plan, startingValues } from './plan.ts';
import { stepsPerEpoch } from './plan-summary.ts';
import type { Run } from './runs.ts';

/** A run that begins with what another one came to. */
export interface Branch {
  settings: RunSettings;
  plan: Plan;
  dataset: AnyDataset;
  /** Examples that it trains on. */
  examples: number;
}

/** What a branch begins with. */
export interface Beginning {
  last: Checkpoint;
  /** The best of the run before, where both look for the same. */
  best: Checkpoint | undefined;
  /** What moved then, where somebody had chosen it. */
  stages: readonly string[] | undefined;
}

/**
 * Another run's checkpoint as a branch takes it up, at the same place in the data. Throws `branch-missing`, `branch-data`,
 * `branch-model`, `branch-method`, `branch-over`.
 */
export async function beginningAt(from: Run, point: BranchPoint['checkpoint'], to: Branch): Promise<Beginning> {
  const checkpoint = await checkpointOf(from, point);
  if (!checkpoint || !from.data) throw new ProblemError('branch-missing');
  const { model, earlyStopping, epochs } = to.settings;
  // what does not move begins as it did there
  const begunAlike =
    from.plan.start === to.plan.start && (to.plan.start === 'pretrained' || from.settings.seed === to.settings.seed);
  if (!begunAlike) throw new ProblemError('branch-model', { model: from.model.summary.name });
  if (model.kind !== from.settings.model.kind || model.id !== from.settings.model.id)
    throw new ProblemError('branch-model', { model: from.model.summary.name });
  if (!sameData(from.data.dataset, to.dataset)) throw new ProblemError('branch-data');
  if (checkpoint.epoch >= epochs) throw new ProblemError('branch-over', { epoch: checkpoint.epoch, epochs });
  const { best } = from;
  const { monitor, mode } = from.settings.earlyStopping;
  const judgedAlike = monitor === earlyStopping.monitor && mode === earlyStopping.mode;
  const inherits = judgedAlike && best !== undefined && best.step <= checkpoint.step;
  const last = takenUp(from, checkpoint, to);
  const sameMethod = JSON.stringify(from.settings.method) === JSON.stringify(to.settings.method);
  return {
    // what the schedule has seen of the run goes on all the same
    last: inherits ? last : { ...last, stopping: { ...last.stopping, ...begin } },
    best: !inherits ? undefined : best === checkpoint ? last : takenUp(from, best, to),
    stages: sameMethod ? inForce(from.settings, marksUpTo(from.marks, checkpoint.step)).stages : undefined,
  };
}

async function checkpointOf({ best, last, asked }: Run, point: BranchPoint['checkpoint']) {
  if (point === 'best') return best;
  if (point === 'last') return last;
  const found = asked.find(({ step }) => step === point);
  if (!found) return undefined;
  const { load, ...rest } = found;
  return { ...rest, state: await load() };
}

/** The same examples in the same splits with the same labels: else what was held back might have been learned before. */
function sameData(a: AnyDataset, b: AnyDataset): boolean {
  if (a.origin !== b.origin || String(a.classes) !== String(b.classes)) return false;
  return SPLITS.every((split) => {
    const [before, now] = [a.ids(split), b.ids(split)];
    return before.length === now.length && before.every((id, i) => now[i] === id && a.label(id) === b.label(id));
  });
}

/** A checkpoint in the steps of another run, with what of it that run's network has. */
function takenUp(from: Run, { sums, ...checkpoint }: Checkpoint, to: Branch): Checkpoint {
  const perEpoch = (examples: number, { batchSize, accumulate }: RunSettings) =>
    stepsPerEpoch(examples, batchSize * accumulate);
  const [before, now] = [perEpoch(from.data!.ids.train.length, from.settings), perEpoch(to.examples, to.settings)];
  const begun = checkpoint.step - checkpoint.epoch * before;
  const same = before === now && from.settings.seed === to.settings.seed;
  return {
    ...checkpoint,
    step: checkpoint.epoch * now + Math.floor((begun * now) / before),
    seed: to.settings.seed,
    ...(same && sums ? { sums } : {}),
    state: stateFor(from, checkpoint.state, to),
  };
}

/**
 * Weights that have the same name and shape, and the optimizer's state of those that are unchanged, where the optimizer is
 * the same. What a method added is merged where another method goes on.
 */
function stateFor(from: Run, state: Checkpoint['state'], to: Branch): Checkpoint['state'] {
  const { method, profile, base } = from.plan;
  const sameMethod = JSON.stringify(from.settings.method) === JSON.stringify(to.settings.method);
  const adds = [...state.weights.keys()].some((name) => !base.profile.weights.has(name));
  const merges = !sameMethod && adds && method.merge !== undefined;
  const weights = new Map(state.weights);
  if (merges) {
    const all = new Map([...startingValues(from.model, from.plan, from.settings.seed), ...state.weights]);
    for (const [name, data] of method.merge!(all, profile.weights)) if (data !== all.get(name)) weights.set(name, data);
  }
  const fits = (name: string) => {
    const [before, now] = [
      profile.weights.get(name) ?? base.profile.weights.get(name),
      to.plan.profile.weights.get(name),
    ];
    if (merges && !base.profile.weights.has(name)) return false;
    return before !== undefined && now !== undefined && String(before.shape) === String(now.shape);
  };
  const taken = new Map([...weights].filter(([name]) => fits(name)));
  // left out it would not be the model that the checkpoint is of
  const lost = [...state.weights.keys()].some(
    (name) => !taken.has(name) && !(merges && !base.profile.weights.has(name)),
  );
  if (lost) throw new ProblemError('branch-method', { method: from.settings.method.id });
  const goesOn = (slot: string) => {
    const name = slot.slice(0, slot.lastIndexOf('/'));
    return taken.has(name) && taken.get(name) === state.weights.get(name);
  };
  const sameOptimizer = from.settings.optimizer === to.settings.optimizer;
  const slots = sameOptimizer ? [...state.slots].filter(([slot]) => goesOn(slot)) : [];
  return { weights: taken, slots: new Map(slots) };
}
