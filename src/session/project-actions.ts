import type { StudioClient } from '../client/client.ts';
import type { ModelRef } from '../protocol/model.ts';
import { cleared, withProject } from './kept.ts';
import type { ProblemPlace, StudioStore } from './store.ts';

/** Settings go to be kept when they have stood so long. */
const DRAFT_MS = 300;

interface Around {
  store: StudioStore;
  client: StudioClient;
  /** Runs `work`; a problem is kept for the place where the page shows it. */
  attempt<T>(place: ProblemPlace, work: () => Promise<T>): Promise<T | undefined>;
  openModel(model: ModelRef): Promise<void>;
}

/** What a person can do with what the browser keeps; the settings that they are at are kept by themselves. */
export function createProjectActions({ store, client, attempt, openModel }: Around) {
  const { getState, setState } = store;
  let drafting: ReturnType<typeof setTimeout> | undefined;
  store.subscribe(({ settings, queue, dataset }, before) => {
    const same = settings === before.settings && queue === before.queue && dataset?.id === before.dataset?.id;
    if (!dataset || same) return;
    clearTimeout(drafting);
    const keep = () => {
      const { settings: draft, queue: waiting } = getState();
      return client.call({ kind: 'keep-draft', draft, queue: waiting }).catch(() => {});
    };
    drafting = setTimeout(() => void keep(), DRAFT_MS);
  });

  const actions = {
    /** For the start page. */
    async loadProjects(): Promise<void> {
      const projects = await client.call({ kind: 'projects' }).catch(() => []);
      setState({ projects });
    },

    /** Takes a kept project up: its pictures, settings and runs. */
    async openProject(id: string): Promise<void> {
      const { screen, dataset } = getState();
      if (dataset?.id === id) return setState({ screen: 'data' });
      setState({ opening: true, arrived: [], screen: 'data' });
      const opened = await attempt('data', () => client.call({ kind: 'open-project', project: id }));
      setState({ opening: false, screen });
      if (!opened) return actions.loadProjects();
      setState((state) => withProject(state, opened), true);
      await openModel(getState().settings.model);
    },

    /** Deletes what the browser keeps of a project; the one that is open is closed. */
    async deleteProject(id: string): Promise<void> {
      const done = await attempt('data', () => client.call({ kind: 'delete-project', project: id }));
      if (done === undefined) return;
      if (getState().dataset?.id === id) setState((state) => ({ ...cleared(state), screen: 'start' }), true);
      await actions.loadProjects();
    },

    /** Deletes a run with all that is kept of it. */
    async forgetRun(id: string): Promise<void> {
      const done = await attempt('train', () => client.call({ kind: 'forget-run', run: id }));
      if (done === undefined) return;
      setState((state) => {
        const { runs: all, currentRun, trial, ...rest } = state;
        const { [id]: _, ...runs } = all;
        const shown = currentRun === id ? Object.keys(runs).at(-1) : currentRun;
        const tried = trial && trial.run !== id ? { trial } : {};
        return { ...rest, runs, ...tried, ...(shown ? { currentRun: shown } : {}) };
      }, true);
    },
  };
  return actions;
}

let asked = false;
/** Once a run begins, what is kept is worth more than a cache: the browser may then not throw it away by itself. */
export function askToPersist(): void {
  if (!asked) navigator.storage?.persist?.().catch(() => {});
  asked = true;
}
