import type { StudioClient } from '../client/client.ts';
import { placeOf, type RunRecords } from './run-records.ts';
import type { ProblemPlace, RunRecord, StudioStore } from './store.ts';

interface Around {
  store: StudioStore;
  client: StudioClient;
  records: RunRecords;
  /** Runs `work`; a problem is kept for the place where the page shows it. */
  attempt<T>(place: ProblemPlace, work: () => Promise<T>): Promise<T | undefined>;
}

/** What a person says of runs: it is kept with them. */
export function createPlaceActions({ store, client, records, attempt }: Around) {
  async function say(id: string, words: Partial<Pick<RunRecord, 'name' | 'notes' | 'pinned'>>): Promise<void> {
    records.patch(id, words);
    const run = store.getState().runs[id];
    if (run) await attempt('train', () => client.call({ kind: 'place-run', run: id, place: placeOf(run) }));
  }

  return {
    /** Empty takes the name away. */
    renameRun: (id: string, name: string): Promise<void> => say(id, { name: name.trim() }),
    noteRun: (id: string, notes: string): Promise<void> => say(id, { notes: notes.trim() }),

    /** The others are compared with it; one at a time, and none where it is the one already. */
    async pinRun(id: string): Promise<void> {
      const { runs } = store.getState();
      const turned = !runs[id]?.pinned;
      const before = Object.values(runs).filter((run) => run.pinned && run.id !== id);
      await Promise.all([...before.map((run) => say(run.id, { pinned: false })), say(id, { pinned: turned })]);
    },
  };
}
