import type { StudioClient } from '../client/client.ts';
import type { DatasetSummary } from '../protocol/dataset.ts';
import type { ModelRef } from '../protocol/model.ts';
import type { OptionValues } from '../protocol/options.ts';
import type { AugmentedText } from '../protocol/result.ts';
import type { TableReading, TextFit, TextMapping, TextRow } from '../protocol/text.ts';
import { Gathered } from './gathered.ts';
import type { ProblemPlace, StudioStore } from './store.ts';

/** Rows that the page keeps; each is at most some hundred characters. */
const KEPT_ROWS = 2000;

interface Around {
  store: StudioStore;
  client: StudioClient;
  /** Runs `work`; a problem is kept for the place where the page shows it. */
  attempt<T>(place: ProblemPlace, work: () => Promise<T>): Promise<T | undefined>;
  /** A data set takes the place of the one that is open. */
  takeDataset(dataset: DatasetSummary): void;
  refreshPlan(): Promise<void>;
}

/** What a person can do with texts beside what is done with data of every kind. */
export function createTextActions({ store, client, attempt, takeDataset, refreshPlan }: Around) {
  const { getState } = store;
  const rows = new Gathered((ids) => client.call({ kind: 'texts', ids, whole: false }), KEPT_ROWS);
  return {
    /**
     * Reads or understands the same files in another way: a new data set, without the edits of the one before. Where it
     * cannot be, a problem of `data` says why and what was open stays. Says whether it is.
     */
    async remap(to: {
      mapping?: TextMapping;
      readings?: Readonly<Record<string, Partial<TableReading>>>;
    }): Promise<boolean> {
      const dataset = await attempt('data', () => client.call({ kind: 'remap', ...to }));
      if (dataset) takeDataset(dataset);
      return dataset !== undefined;
    },

    /** An example of the open data set for a list; long texts are cut short. Rejects with a `ProblemError`. */
    text: (id: number): Promise<TextRow> => rows.get(getState().dataset?.id ?? '', id),
    /** The same uncut. Rejects with a `ProblemError`. */
    wholeText: async (id: number): Promise<TextRow> =>
      (await client.call({ kind: 'texts', ids: [id], whole: true }))[0]!,

    /** Ids of the texts that contain `query`, whatever its case; ascending. Rejects with a `ProblemError`. */
    findTexts: (query: string): Promise<Int32Array> => client.call({ kind: 'find-texts', query }),

    /**
     * How the open texts look to a model under a task's options: the chosen ones unless told. Progress comes as `tokens`.
     * Rejects with a `ProblemError`.
     */
    async textFit(o: { model?: ModelRef; task?: OptionValues } = {}): Promise<TextFit> {
      const { model, task } = { ...getState().settings, ...o };
      const fit = await client.call({ kind: 'text-fit', model, task });
      const { settings } = getState();
      // what a run takes is known better once its texts have been looked at
      if (settings.model.id === model.id && settings.task === task) void refreshPlan();
      return fit;
    },

    /** Training texts as augmentation would give them to the model. Rejects with a `ProblemError`. */
    augmentTexts(ids: readonly number[], views: number, seed: number): Promise<readonly AugmentedText[]> {
      const { augmentation } = getState().settings;
      return client.call({ kind: 'augment-texts', augmentation, ids, views, seed });
    },
  };
}
