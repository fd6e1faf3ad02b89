import type { QueuedRun } from '../protocol/project.ts';
import { isOver } from '../protocol/run.ts';
import type { StudioState, StudioStore } from './store.ts';

/** Something trains, or is about to: a queued run waits until it is over. */
const isBusy = ({ runs, series, trials, advising, opening }: StudioState): boolean =>
  series !== undefined ||
  trials !== undefined ||
  advising ||
  opening ||
  Object.values(runs).some(({ status }) => !isOver(status.phase));

interface Around {
  store: StudioStore;
  /** A run to its end, however it ends. */
  start(queued: QueuedRun): Promise<void>;
}

/** Runs that wait for one another. One starts when nothing else trains; a lost device holds them until told. */
export function createQueue({ store, start }: Around) {
  const { getState, setState } = store;
  let starting = false;

  async function advance(): Promise<void> {
    const { queue, queueHeld } = getState();
    const [next, ...rest] = queue;
    if (starting || !next || queueHeld || isBusy(getState())) return;
    starting = true;
    setState({ queue: rest });
    try {
      await start(next);
    } finally {
      starting = false;
      void advance();
    }
  }

  store.subscribe((state, before) => {
    if (state.runs !== before.runs && state.queue.length > 0 && !state.queueHeld) {
      const lost = Object.values(state.runs).some(
        ({ id, status }) => status.phase === 'lost' && before.runs[id] && !isOver(before.runs[id].status.phase),
      );
      if (lost) return setState({ queueHeld: 'lost' });
    }
    if (!isBusy(state)) void advance();
  });

  const actions = {
    /** The settings as they stand, to be run when what is before them is over. */
    enqueue(): void {
      const { settings, model, branch } = getState();
      if (!model) return;
      const { run, checkpoint } = branch ?? {};
      const from = run !== undefined && checkpoint !== undefined ? { from: { run, checkpoint } } : {};
      const queued: QueuedRun = { id: crypto.randomUUID(), settings, modelName: model.name, ...from };
      setState(({ queue, setUp: _, branch: __, ...rest }) => ({ ...rest, queue: [...queue, queued] }), true);
    },
    unqueue(id: string): void {
      setState(({ queue }) => ({ queue: queue.filter((queued) => queued.id !== id) }));
    },
    /** One place up (-1) or down (1). */
    moveQueued(id: string, by: -1 | 1): void {
      setState(({ queue }) => {
        const from = queue.findIndex((queued) => queued.id === id);
        const to = from + by;
        if (from < 0 || to < 0 || to >= queue.length) return {};
        const next = [...queue];
        [next[from], next[to]] = [next[to]!, next[from]!];
        return { queue: next };
      });
    },
    /** Goes on with what waits. */
    releaseQueue(): void {
      setState(({ queueHeld: _, ...rest }) => rest, true);
    },
  };
  return actions;
}
