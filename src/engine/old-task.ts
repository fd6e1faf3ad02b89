import type { TensorFile } from '../lib/safetensors.ts';
import type { FeatureCache } from '../nn/input.ts';
import type { Learner } from '../nn/learner.ts';
import type { ExampleSource } from '../tasks/engine.ts';
import type { LoadedModel } from './model.ts';
import { type OldPlan, oldPlan } from './old-plan.ts';
import { chooseLooks, type Looks, lookFlops, runFlops } from './old-task-cost.ts';
import { loadProbes, type Probes } from './old-task-probes.ts';
import { type Beside, OldTask } from './old-task-scorer.ts';
import { ownProbes } from './own-probes.ts';
import type { Run } from './runs.ts';
import type { Studio } from './studio.ts';
import type { Watcher } from './watch.ts';

/** What looks at the task that a run's model knew before, and holds something on the device until it is let go. */
export interface OldTaskWatch {
  watch: Watcher;
  dispose(): void;
}

/**
 * Scores the old task of a run's model at its validations. Undefined where that was not asked for, where there are no
 * probes, or where the run does not begin with what the model knew.
 */
export async function watchOldTask(
  { root, networks }: Pick<Studio, 'root' | 'networks'>,
  run: Run,
  learner: Learner,
  how: { source: ExampleSource; prefixMoved: boolean; cache: FeatureCache | undefined },
): Promise<OldTaskWatch | undefined> {
  const { settings, data } = run;
  if (!settings.oldTask.watch || settings.start === 'scratch' || !data) return undefined;
  // a site that cannot give them now keeps nobody from training
  const probes = await probesOf(run, root).catch(() => undefined);
  if (!probes) return undefined;
  const plan = oldPlan(run, probes);
  const looks = looksOf(run, how.source, probes, plan);
  const beside: Beside = (key, make) => networks.besidePrefix(how.cache, key, make);
  const from = how.prefixMoved ? { ...plan, boundary: 0 } : plan;
  const task = new OldTask(run, learner, { probes, count: looks.count, plan: from, beside });
  const { epochs } = settings;
  return {
    async watch({ run: id, step, epoch, seconds }) {
      // within an epoch somebody asked for it
      const due = !Number.isInteger(epoch) || epoch % looks.every === 0 || epoch === epochs;
      if (!due || run.control.stop) return [];
      const { examples, ...score } = await task.score();
      // what comes from a device that is lost is no score
      if (run.control.stop === 'lost') return [];
      return [{ kind: 'metrics', point: { run: id, split: 'old', step, epoch, seconds, ...score, examples } }];
    },
    dispose: () => task.dispose(),
  };
}

/** Those that the run began with: of what a person gave, none are left after a reload. */
async function probesOf({ status, probes: own, model, settings }: Run, root: string): Promise<Probes | undefined> {
  const { probes: given } = status;
  if (!given) return newestOf(model, root, () => loadProbes(model, root));
  const key = [own?.id, given.kind, settings.seed].join('/');
  return own && newestOf(model, key, () => ownProbes(own, given.kind, model, settings.seed));
}

/** The newest probes of each model, read and cut into tokens once for all runs. */
const newest = new WeakMap<TensorFile, { key: string; probes: Probes | undefined }>();

async function newestOf(
  { file }: LoadedModel,
  key: string,
  make: () => Probes | undefined | Promise<Probes | undefined>,
): Promise<Probes | undefined> {
  const known = newest.get(file);
  if (known?.key === key) return known.probes;
  const probes = await make();
  newest.set(file, { key, probes });
  return probes;
}

/**
 * How many probes and how often: what was asked for, or what the run's cost leaves room for. The same where a run is taken
 * up again, whatever was done to it.
 */
function looksOf(
  { settings, plan, data }: Run,
  source: ExampleSource,
  probes: Probes,
  { architecture, boundary }: OldPlan,
): Looks {
  const { kind, count } = probes;
  const { epochs, oldTask } = settings;
  if (oldTask.every > 0) return { count, every: oldTask.every };
  const { train, validation } = data!.ids;
  const length = source.length ? train.reduce((sum, id) => sum + source.length!(id), 0) / train.length : 1;
  const examples = { train: train.length, validation: validation.length };
  const cached = settings.cachePrefix && boundary > 0 && source.rows !== false;
  const run = runFlops({ plan, settings, examples, length: Math.ceil(length), cached });
  const compares = kind === 'answers' || kind === 'neighbours';
  const probe = lookFlops({ architecture, boundary, length: Math.ceil(probes.length), compares });
  return chooseLooks(run, probe, { kind, count, epochs });
}
