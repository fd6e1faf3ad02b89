import type { Advice } from '../advice/facts.ts';
import type { StudioClient } from '../client/client.ts';
import type { MethodId } from '../methods/metas.ts';
import type { ModelRef } from '../protocol/model.ts';
import type { AugmentedView } from '../protocol/result.ts';
import type { RunSettings } from '../protocol/run.ts';
import { forTask, learningRateOf, methodDefaults, withHead } from './defaults.ts';
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

  async function openModel(model: ModelRef): Promise<void> {
    // What stands of the model before would let a run start on it.
    const before = getState();
    setState(({ model: _, plan: __, ...rest }) => ({ ...rest, settings: { ...rest.settings, model } }), true);
    const summary = await attempt('model', () => client.call({ kind: 'open-model', model }));
    // another may have been chosen while its weights came
    if (!summary || getState().settings.model.id !== model.id) return;
    const same = before.settings.model.id === model.id;
    setState(({ settings }) => {
      const suited = forTask(settings, summary.task);
      return { model: summary, settings: same ? suited : withHead(suited, summary, before.model) };
    });
    await refreshPlan();
  }

  /** Makes these the next run's settings, with their model. */
  async function useSettings(settings: RunSettings): Promise<void> {
    const { model } = getState().settings;
    const same = settings.model.kind === model.kind && settings.model.id === model.id;
    setState({ settings });
    await (same ? refreshPlan() : openModel(settings.model));
  }

  const actions = {
    openModel,

    async set(patch: Partial<RunSettings>): Promise<void> {
      setState(({ settings }) => ({ settings: { ...settings, ...patch } }));
      await refreshPlan();
    },

    /** Another method, with the learning rate that suits it. */
    async setMethod(id: MethodId, options = methodDefaults(id).options): Promise<void> {
      const same = getState().settings.method.id === id;
      setState(({ settings, model }) => ({
        settings: {
          ...settings,
          method: { id, options },
          learningRate: same ? settings.learningRate : learningRateOf(id, model?.task ?? ''),
        },
      }));
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
