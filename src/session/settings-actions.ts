import type { Advice } from '../advice/facts.ts';
import type { StudioClient } from '../client/client.ts';
import type { MethodId } from '../methods/metas.ts';
import { SHIPPED_MODELS } from '../models/metas.ts';
import type { ModelRef } from '../protocol/model.ts';
import type { OptionValues } from '../protocol/options.ts';
import type { AugmentedView } from '../protocol/result.ts';
import type { OptimizerId, RunSettings, ScheduleId } from '../protocol/run.ts';
import {
  asSetUp,
  forModel,
  forTask,
  learningRateOf,
  methodDefaults,
  shippedFor,
  taskFor,
  withOptimizer,
  withSchedule,
} from './defaults.ts';
import type { ProblemPlace, RunRecord, StudioStore } from './store.ts';

interface Around {
  store: StudioStore;
  client: StudioClient;
  /** Runs `work`; a problem is kept for the place where the page shows it. */
  attempt<T>(place: ProblemPlace, work: () => Promise<T>): Promise<T | undefined>;
}

/** What a person can do with the settings of the next run: its model, method, numbers. */
export function createSettingsActions({ store, client, attempt }: Around) {
  const { getState, setState } = store;

  async function refreshPlan(): Promise<void> {
    const { settings, model, dataset } = getState();
    if (!model || !dataset) return;
    const plan = await attempt('model', () => client.call({ kind: 'plan', settings }));
    if (plan && getState().settings === settings) setState({ plan });
  }

  /** `keep` says that the settings are made for it already. */
  async function openModel(model: ModelRef, keep = getState().settings.model.id === model.id): Promise<void> {
    const before = getState().model;
    // What stands of the model before would let a run start on it.
    setState(({ model: _, plan: __, ...rest }) => ({ ...rest, settings: { ...rest.settings, model } }), true);
    const summary = await attempt('model', () => client.call({ kind: 'open-model', model }));
    // another may have been chosen while its weights came
    if (!summary || getState().settings.model.id !== model.id) return;
    setState(({ settings }) => {
      const suited = forTask(settings, summary.task);
      return { model: summary, settings: keep ? suited : forModel(suited, summary, before) };
    });
    await refreshPlan();
  }

  /** Makes these the next run's settings, with their model. */
  async function useSettings(wanted: RunSettings): Promise<void> {
    const settings = asSetUp(wanted);
    const { model } = getState().settings;
    const same = settings.model.kind === model.kind && settings.model.id === model.id;
    setState({ settings });
    await (same ? refreshPlan() : openModel(settings.model));
  }

  const actions = {
    openModel,

    /** Lets go of a model that was dropped in; where it was chosen, another takes its place. */
    async forgetModel(id: string): Promise<void> {
      const done = await attempt('model', () => client.call({ kind: 'forget-model', model: id }));
      if (done === undefined) return;
      setState(({ imported }) => ({ imported: imported.filter(({ ref }) => ref.id !== id) }));
      const { settings, dataset } = getState();
      if (settings.model.id !== id) return;
      const [first] = dataset ? shippedFor(taskFor(dataset).id) : SHIPPED_MODELS;
      if (first) await openModel({ kind: 'shipped', id: first.id });
    },

    async set(patch: Partial<RunSettings>): Promise<void> {
      setState(({ settings }) => ({ settings: { ...settings, ...patch } }));
      await refreshPlan();
    },

    /** Another method, with the learning rate that suits it. Options that are not named stay, or begin at their defaults. */
    async setMethod(id: MethodId, named: OptionValues = {}): Promise<void> {
      const { method } = getState().settings;
      const same = method.id === id;
      const options = { ...methodDefaults(id).options, ...(same ? method.options : {}), ...named };
      setState(({ settings, model }) => ({
        settings: {
          ...settings,
          method: { id, options },
          learningRate: same ? settings.learningRate : learningRateOf(id, model?.task ?? '', settings.optimizer),
        },
      }));
      await refreshPlan();
    },

    async setOptimizer(optimizer: OptimizerId): Promise<void> {
      setState(({ settings }) => ({ settings: withOptimizer(settings, optimizer) }));
      await refreshPlan();
    },
    async setSchedule(schedule: ScheduleId): Promise<void> {
      setState(({ settings }) => ({ settings: withSchedule(settings, schedule) }));
      await refreshPlan();
    },

    /** Lays what a finding proposes over the settings of its run; the page marks what that changed. */
    async setUpNext(run: RunRecord, { code, setUp }: Advice): Promise<void> {
      const { settings: before } = getState();
      const settings = { ...run.settings, ...setUp };
      setState({ setUp: { run: run.id, code, before } });
      await useSettings(settings);
    },
    /** The settings as they were before a finding set them up. */
    async takeBackSetUp(): Promise<void> {
      const { setUp, settings } = getState();
      if (!setUp) return;
      setState(({ setUp: _, ...rest }) => ({ ...rest, settings: { ...setUp.before, model: settings.model } }), true);
      await refreshPlan();
    },

    /** Training pictures as augmentation would give them to the model. Rejects with a `ProblemError`. */
    augmented(ids: readonly number[], views: number, seed: number): Promise<readonly AugmentedView[]> {
      const { model, augmentation } = getState().settings;
      return client.call({ kind: 'augment', model, augmentation, ids, views, seed });
    },

    /** Looks for a learning rate, on weights that are thrown away. */
    async findRate(): Promise<void> {
      const { settings } = getState();
      setState(({ rangeTest: _, ...rest }) => ({ ...rest, findingRate: true }), true);
      const test = await attempt('model', () => client.call({ kind: 'range-test', settings }));
      setState({ findingRate: false, ...(test ? { rangeTest: { test, of: settings } } : {}) });
    },
    async stopFindingRate(): Promise<void> {
      await client.call({ kind: 'stop-range-test' });
    },

    /** Measures what each model would cost and give on the open data. */
    async adviseModel(): Promise<void> {
      const { settings, dataset } = getState();
      if (!dataset) return;
      setState({ advising: true });
      const models = await attempt('model', () => client.call({ kind: 'advise-model', settings }));
      setState({ advising: false });
      if (models && getState().dataset === dataset) setState({ modelAdvice: { models, of: dataset } });
    },
  };
  return { actions, refreshPlan, useSettings };
}
