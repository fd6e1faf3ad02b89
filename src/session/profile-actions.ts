import type { StudioClient } from '../client/client.ts';
import type { RunRecords } from './run-records.ts';
import type { ProblemPlace, StudioStore } from './store.ts';

interface Around {
  store: StudioStore;
  client: StudioClient;
  records: RunRecords;
  /** Runs `work`; a problem is kept for the place where the page shows it. */
  attempt<T>(place: ProblemPlace, work: () => Promise<T>): Promise<T | undefined>;
}

export function createProfileActions({ store: { setState }, client, records, attempt }: Around) {
  return {
    /** Measures a few steps of the current run, or steps like its own. */
    async profile(): Promise<void> {
      const run = records.current();
      if (!run) return;
      setState({ profiling: run.id });
      const profile = await attempt('profile', () => client.call({ kind: 'profile', run: run.id }));
      setState(({ profiling: _, ...rest }) => rest, true);
      if (profile) records.patch(run.id, { profile });
    },
  };
}
