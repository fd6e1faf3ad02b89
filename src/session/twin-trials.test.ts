import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Command, CommandOf } from '../protocol/messages.ts';
import { emptyStatus, type RunSettings, type RunStatus } from '../protocol/run.ts';
import { datasetOf, fakeClient, MODEL, planOf } from '../ui/testing/fixtures.ts';
import { evaluationOf } from '../ui/testing/run-fixtures.ts';
import { createActions } from './actions.ts';
import { createStudioStore } from './store.ts';
import { counterpart, sharesOf, twinGroup, twinOf, twinRates, twinsOf } from './twin.ts';

const EPOCHS = 8;

/** An engine that ends a run at once; a twin is the better, the nearer its learning rate is to 1e-3. */
function studio() {
  const store = createStudioStore();
  const settings: RunSettings = { ...store.getState().settings, epochs: EPOCHS };
  const dataset = datasetOf();
  store.setState({ settings, dataset, model: MODEL, plan: planOf(settings) });
  const trained = new Map<string, CommandOf<'train'>['settings']>();
  const status = (id: string): RunStatus => {
    const { start, learningRate, epochs } = trained.get(id)!;
    const loss = start === 'scratch' ? 1 + Math.abs(Math.log(learningRate / 1e-3)) : 0.5;
    return {
      ...emptyStatus(id, epochs, 'wasm'),
      phase: 'done',
      finish: 'completed',
      epoch: epochs,
      step: epochs * 10,
      stepsPerEpoch: 10,
      best: { epoch: epochs, step: epochs * 10, monitor: 'validationLoss', value: loss },
    };
  };
  const { client, calls, emit } = fakeClient({
    train: ({ run, settings }) => {
      trained.set(run, settings);
      const accuracy = (settings.start === 'scratch' ? 0.7 : 0.9) + settings.seed / 1000;
      const at = { run, step: settings.epochs * 10, epoch: settings.epochs, seconds: 1, examples: 100, loss: 1 };
      emit({ kind: 'metrics', points: [{ ...at, split: 'validation', accuracy }] });
      return status(run);
    },
    evaluate: ({ run }) => ({
      ...evaluationOf(dataset, run),
      accuracy: trained.get(run)!.start === 'scratch' ? 0.6 : 0.8,
    }),
    continue: ({ run }) => status(run),
    'place-run': () => null,
    'keep-draft': () => null,
    control: () => null,
  });
  return { store, actions: createActions(store, client), calls, settings };
}

beforeAll(() => void vi.stubGlobal('navigator', {}));

const trains = (calls: readonly Command[]) => calls.filter((call) => call.kind === 'train');
const allRuns = (store: ReturnType<typeof createStudioStore>) => Object.values(store.getState().runs);

describe('twins from scratch', () => {
  it('have the best of three learning rates of the first seed, on the seeds of the pretrained start', async () => {
    const { actions, calls, store, settings } = studio();
    await actions.compareTwin(undefined, 3);
    const rates = twinRates(settings, 'image-classification');
    expect(rates).toEqual([3e-4, 9e-4, 3e-3]);
    expect(trains(calls).map(({ settings: o }) => [o.start, o.seed, o.start === 'scratch' && o.learningRate])).toEqual([
      ['pretrained', 42, false],
      ['scratch', 42, 3e-4],
      ['scratch', 42, 9e-4],
      ['scratch', 42, 3e-3],
      ['pretrained', 43, false],
      ['scratch', 43, 9e-4],
      ['pretrained', 44, false],
      ['scratch', 44, 9e-4],
    ]);
    // the pretrained side is as it was set up
    expect(trains(calls)[0]!.settings).toEqual({ ...settings, start: 'pretrained' });
    const runs = allRuns(store);
    const { pairs, tried, learningRate } = twinsOf(runs);
    expect([pairs.length, tried.length, learningRate]).toEqual([3, 3, 9e-4]);
    // each pair is judged on the test set, once, after the last choice; the rates that lost are not
    const judged = calls.filter((call) => call.kind === 'evaluate').map(({ run }) => run);
    expect(judged.toSorted()).toEqual(pairs.flatMap((pair) => [pair.pretrained.id, pair.scratch.id]).toSorted());
    expect(calls.findIndex(({ kind }) => kind === 'evaluate')).toBeGreaterThan(
      calls.lastIndexOf(trains(calls).at(-1)!),
    );
    expect(sharesOf(pairs, 'test')).toEqual(Array(3).fill({ pretrained: 0.8, scratch: 0.6 }));
    expect(sharesOf(pairs, 'validation').map((one) => Number((one.pretrained - one.scratch).toFixed(6)))).toEqual([
      0.2, 0.2, 0.2,
    ]);
  });

  it('are told apart on the test set after a reload too, until one is trained on', async () => {
    const { actions, calls, store } = studio();
    await actions.compareTwin(undefined, 2);
    const placed = new Map(calls.flatMap((call) => (call.kind === 'place-run' ? [[call.run, call.place]] : [])));
    const reloaded = allRuns(store).map(({ tested: _, evaluation: __, ...run }) => ({ ...run, ...placed.get(run.id) }));
    expect(sharesOf(twinsOf(reloaded).pairs, 'test')).toEqual(Array(2).fill({ pretrained: 0.8, scratch: 0.6 }));
    await actions.goOn();
    const { currentRun, runs } = store.getState();
    expect(runs[currentRun!]!.tested).toBeUndefined();
    expect(calls.findLast((call) => call.kind === 'place-run')).toMatchObject({ run: currentRun });
    expect(calls.findLast((call) => call.kind === 'place-run')?.place).not.toHaveProperty('tested');
  });

  it('have a fair chance, and nothing that only a pretrained start can have', () => {
    const { settings } = studio();
    const cured = { ...settings, cures: { ...settings.cures, l2sp: 1 }, oldTask: { ...settings.oldTask, watch: true } };
    const twin = twinOf(cured, 1e-3);
    expect(twin).toMatchObject({ start: 'scratch', batchNorm: 'batch', method: { id: 'full' }, learningRate: 1e-3 });
    expect(twin.earlyStopping).toMatchObject({ enabled: false, restoreBest: true });
    expect(Object.values(twin.cures)).toEqual(Object.values(twin.cures).map(() => 0));
    expect(twin.oldTask.watch).toBe(false);
    expect([twin.seed, twin.epochs, twin.batchSize]).toEqual([settings.seed, settings.epochs, settings.batchSize]);
  });

  it('belong to the run that they were asked for, and stand over against it', async () => {
    const { actions, store } = studio();
    await actions.train();
    const [asked] = allRuns(store);
    await actions.compareTwin(asked!.id, 2);
    const runs = allRuns(store);
    const group = twinGroup(runs, asked!);
    expect(group).toHaveLength(6);
    expect(store.getState().currentRun).toBe(asked!.id);
    const other = counterpart(group, asked!)!;
    expect([other.settings.start, other.settings.seed, other.settings.learningRate]).toEqual(['scratch', 42, 9e-4]);
    expect(counterpart(group, other)!.settings.start).toBe('pretrained');
    expect(twinGroup(runs, { ...asked!, id: 'another' })).toEqual([]);
  });
});

describe('a learning curve', () => {
  it('takes as many steps on each share, with every seed', async () => {
    const { actions, calls } = studio();
    await actions.learningCurve(undefined, 2);
    expect(trains(calls).map(({ settings: o }) => [o.seed, o.fewShot.share, o.epochs])).toEqual([
      [42, 0.1, 80],
      [42, 0.25, 32],
      [42, 0.5, 16],
      [42, 1, 8],
      [43, 0.1, 80],
      [43, 0.25, 32],
      [43, 0.5, 16],
      [43, 1, 8],
    ]);
    expect(trains(calls).every(({ place }) => place?.group?.kind === 'learning-curve')).toBe(true);
    expect(calls.filter(({ kind }) => kind === 'evaluate')).toHaveLength(8);
  });
});
