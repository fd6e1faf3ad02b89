import type { MethodId } from '../methods/metas.ts';
import type { RunSettings } from '../protocol/run.ts';
import { monitored } from './comparison.ts';
import { learningRateOf, methodDefaults } from './defaults.ts';
import { type Axis, betterOf, grid, random, rungs, survivors, withCandidate } from './search.ts';
import type { RunRecord, StudioStore, Trials } from './store.ts';
import { createTwinTrials } from './twin-trials.ts';

/** How a search goes through what its axes span. */
export interface SearchPlan {
  axes: readonly Axis[];
  how: 'random' | 'grid';
  /** Candidates drawn, or values of each range in a grid. */
  count: number;
  /** Of every so many one goes on after a rung; 1 lets all run to their end. */
  eta: number;
}

interface Around {
  store: StudioStore;
  /** A run with these settings, to its end or until that epoch; its id, where it could begin. */
  start(
    settings: RunSettings,
    beginning: Pick<RunRecord, 'lesson'> & {
      group: NonNullable<RunRecord['group']>;
      until?: number | undefined;
      modelName?: string;
    },
  ): Promise<string | undefined>;
  /** On the test set. */
  evaluate(run: string): Promise<void>;
  /** On from where it halted. */
  takeUp(run: RunRecord, until: number): Promise<void>;
}

/** The settings with another method, its options at their defaults and with the learning rate that suits it. */
export const withMethod = (settings: RunSettings, id: MethodId, task: string): RunSettings => ({
  ...settings,
  method: methodDefaults(id),
  learningRate: learningRateOf(id, task, settings.optimizer),
});

/** What a search would run. */
export const candidatesOf = ({ axes, how, count }: SearchPlan, settings: RunSettings): RunSettings[] =>
  (how === 'grid' ? grid(axes, count) : random(axes, count, settings.seed)).map((candidate) =>
    withCandidate(settings, axes, candidate),
  );

/**
 * Several runs one after another that belong together, each judged on validation alone. One that fails leaves its place
 * to the next; a stop, a lost device or other data end them.
 */
export function createTrials({ store, start, takeUp, evaluate }: Around) {
  const { getState, setState } = store;

  /** `next` says whether there is to be another run, and counts it. */
  async function inTurn(
    kind: Trials['kind'],
    of: number,
    work: (group: NonNullable<RunRecord['group']>, next: () => boolean) => Promise<void>,
    id: string = crypto.randomUUID(),
    asked?: string,
  ): Promise<void> {
    const { dataset, trials: before } = getState();
    if (before) return;
    setState({ trials: { id, kind, done: -1, of, stopping: false } });
    const next = (): boolean => {
      const { trials, dataset: now, runs } = getState();
      const lost = Object.values(runs).some(({ group, status }) => group?.id === id && status.phase === 'lost');
      if (!trials || trials.stopping || lost || now !== dataset) return false;
      setState({ trials: { ...trials, done: trials.done + 1 } });
      return true;
    };
    try {
      await work({ id, kind, ...(asked ? { of: asked } : {}) }, next);
    } finally {
      setState(({ trials: _, ...rest }) => rest, true);
    }
  }

  return {
    ...createTwinTrials({ store, start, evaluate }, (kind, of, work, asked) =>
      inTurn(kind, of, work, crypto.randomUUID(), asked),
    ),

    /** These methods with as many seeds, on the same data; all of them with one seed before the next. */
    async compareMethods(methods: readonly MethodId[], seeds: number): Promise<void> {
      const { settings, model } = getState();
      if (!model) return;
      await inTurn('methods', methods.length * seeds, async (group, next) => {
        for (let seed = settings.seed; seed < settings.seed + seeds; seed++)
          for (const id of methods) {
            if (!next()) return;
            await start({ ...withMethod(settings, id, model.task), seed }, { group });
          }
      });
    },

    /** Runs of a lesson, beside those that its group has already. */
    async teach(
      group: string,
      runs: readonly { settings: RunSettings; modelName: string; lesson: NonNullable<RunRecord['lesson']> }[],
    ): Promise<void> {
      const each = async (of: NonNullable<RunRecord['group']>, next: () => boolean) => {
        for (const { settings, ...run } of runs) {
          if (!next()) return;
          await start(settings, { ...run, group: of });
        }
      };
      await inTurn('lesson', runs.length, each, group);
    },

    /** Looks for settings; with halving only the best so far go on. */
    async search(plan: SearchPlan): Promise<void> {
      const { settings } = getState();
      const all = candidatesOf(plan, settings);
      const rounds = rungs(all.length, settings.epochs, plan.eta);
      const total = rounds.reduce((sum, { candidates }) => sum + candidates, 0);
      const figure = (id: string) => {
        const run = getState().runs[id];
        return run && monitored(run).value;
      };
      await inTurn('search', total, async (group, next) => {
        let ids: string[] = [];
        for (const candidate of all) {
          if (!next()) return;
          const id = await start(candidate, { group, until: rounds[0]!.until });
          if (id) ids.push(id);
        }
        for (const { candidates, until } of rounds.slice(1)) {
          ids = survivors(ids, figure, betterOf(settings.earlyStopping), candidates);
          for (const id of ids) {
            if (!next()) return;
            const run = getState().runs[id];
            // one that stopped early has come to its end
            if (run?.status.finish === 'halted') await takeUp(run, until);
          }
        }
      });
    },
  };
}
