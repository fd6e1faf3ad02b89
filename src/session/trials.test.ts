import { beforeAll, describe, expect, it, vi } from 'vitest';
import { METHOD_METAS } from '../methods/metas.ts';
import type { Command, CommandOf } from '../protocol/messages.ts';
import { emptyStatus, type RunStatus } from '../protocol/run.ts';
import { datasetOf, fakeClient, MODEL, planOf } from '../ui/testing/fixtures.ts';
import { createActions } from './actions.ts';
import { haveEnded } from './run-records.ts';
import { axisOf } from './search.ts';
import { createStudioStore } from './store.ts';

const EPOCHS = 9;
type Trained = CommandOf<'train'>;

/** An engine that ends a run at once; the loss that it comes to is its learning rate. */
function studio(ends: (settings: Trained['settings'], id: string) => Partial<RunStatus> = () => ({})) {
  const store = createStudioStore();
  const settings = { ...store.getState().settings, epochs: EPOCHS };
  store.setState({ settings, dataset: datasetOf(), model: MODEL, plan: planOf(settings) });
  const trained = new Map<string, Trained['settings']>();
  const status = (id: string, until = EPOCHS): RunStatus => {
    const run = trained.get(id)!;
    return {
      ...emptyStatus(id, EPOCHS, 'wasm'),
      phase: 'done',
      finish: until < EPOCHS ? 'halted' : 'completed',
      epoch: until,
      step: until * 10,
      stepsPerEpoch: 10,
      best: { epoch: until, step: until * 10, monitor: 'validationLoss', value: run.learningRate },
      ...ends(run, id),
    };
  };
  const { client, calls } = fakeClient({
    train: ({ run, settings, until }) => {
      trained.set(run, settings);
      return status(run, until);
    },
    continue: ({ run, until }) => status(run, until),
    'keep-draft': () => null,
    control: () => null,
  });
  return { store, actions: createActions(store, client), calls, trained };
}

// the page asks the browser to keep what it has
beforeAll(() => void vi.stubGlobal('navigator', {}));

const trains = (calls: readonly Command[]) => calls.filter((call) => call.kind === 'train');
const rate = axisOf(
  { name: 'learningRate', type: 'number', default: 1e-3, min: 1e-4, max: 1e-2, scale: 'log' },
  'training',
)!;

describe('methods compared', () => {
  it('run on the same seeds, each with what suits it, and stand together', async () => {
    const { actions, calls, store } = studio();
    await actions.compareMethods(['head', 'full'], 2);
    expect(trains(calls).map(({ settings }) => [settings.method.id, settings.seed, settings.learningRate])).toEqual([
      ['head', 42, METHOD_METAS.head.learningRate],
      ['full', 42, METHOD_METAS.full.learningRate],
      ['head', 43, METHOD_METAS.head.learningRate],
      ['full', 43, METHOD_METAS.full.learningRate],
    ]);
    const groups = Object.values(store.getState().runs).map(({ group }) => group);
    expect(new Set(groups.map((group) => group?.id)).size).toBe(1);
    expect(groups[0]?.kind).toBe('methods');
    // it is kept with the run
    expect(trains(calls)[0]!.place?.group).toEqual(groups[0]);
    expect(store.getState().trials).toBeUndefined();
  });

  it('have come to their ends, and are looked at anew, before it is said that none goes on', async () => {
    const { actions, store } = studio();
    const ends: boolean[] = [];
    store.subscribe(({ trials, runs }, before) => {
      const news = haveEnded(before.runs, runs);
      // each of its two figures the moment it has them, and nothing of a run that has only begun
      if (before.runs !== runs) ends.push(news);
      if (before.trials && !trials) {
        expect(news).toBe(false);
        expect(Object.values(runs).map(({ status }) => status.finish)).toEqual(['completed', 'completed']);
      }
    });
    await actions.compareMethods(['head', 'full'], 1);
    expect(ends).toEqual([false, true, false, true]);
  });

  it('go on after one that fails, and no further once told', async () => {
    const failing = studio(({ method }) => (method.id === 'head' ? { phase: 'failed', finish: 'failed' } : {}));
    await failing.actions.compareMethods(['head', 'full'], 1);
    expect(trains(failing.calls)).toHaveLength(2);
    const stopped = studio((_, id) => {
      void stopped.actions.stopTrials();
      return { run: id };
    });
    await stopped.actions.compareMethods(['head', 'full', 'bias'], 5);
    expect(trains(stopped.calls)).toHaveLength(1);
    const lost = studio(() => ({ phase: 'lost', finish: 'lost' }));
    await lost.actions.compareMethods(['head', 'full'], 1);
    expect(trains(lost.calls)).toHaveLength(1);
  });
});

describe('a search', () => {
  it('lets the best of every three go on, to the end at last, and never looks at the test set', async () => {
    const { actions, calls, trained, store } = studio();
    await actions.search({ axes: [rate], how: 'grid', count: 9, eta: 3 });
    expect(trains(calls).map(({ until }) => until)).toEqual(Array(9).fill(1));
    const gone = calls.filter((call) => call.kind === 'continue');
    expect(gone.map(({ until }) => until)).toEqual([3, 3, 3, 9]);
    const rates = gone.map(({ run }) => trained.get(run)!.learningRate);
    const best = [...trained.values()].map(({ learningRate }) => learningRate).sort((a, b) => a - b);
    expect(rates.slice(0, 3).sort((a, b) => a - b)).toEqual(best.slice(0, 3));
    expect(rates[3]).toBe(best[0]);
    expect(Object.values(store.getState().runs).filter(({ status }) => status.finish === 'completed')).toHaveLength(1);
    const kinds = new Set(calls.map(({ kind }) => kind));
    expect([...kinds].filter((kind) => /evaluate|predict|saliency|word-weights/.test(kind))).toEqual([]);
  });

  it('without halving every run goes to its end', async () => {
    const { actions, calls } = studio();
    await actions.search({ axes: [rate], how: 'random', count: 4, eta: 1 });
    expect(trains(calls).map(({ until }) => until)).toEqual(Array(4).fill(EPOCHS));
    expect(calls.some(({ kind }) => kind === 'continue')).toBe(false);
  });

  it('a run that stopped early is judged, not taken up', async () => {
    const { actions, calls } = studio(() => ({ finish: 'early-stopping' }));
    await actions.search({ axes: [rate], how: 'grid', count: 3, eta: 3 });
    expect(calls.some(({ kind }) => kind === 'continue')).toBe(false);
  });
});
