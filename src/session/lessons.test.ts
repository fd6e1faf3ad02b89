import { beforeAll, describe, expect, it, vi } from 'vitest';
import { LESSON_IDS, LESSONS } from '../lessons/index.ts';
import type { Lesson, Recorded } from '../lessons/lesson.ts';
import { METHOD_METAS } from '../methods/metas.ts';
import { shippedModel } from '../models/metas.ts';
import { type DatasetEdit, SPLITS } from '../protocol/dataset.ts';
import type { CommandOf } from '../protocol/messages.ts';
import { emptyStatus } from '../protocol/run.ts';
import { SAMPLES } from '../protocol/samples.ts';
import { datasetOf, fakeClient, MODEL, planOf } from '../ui/testing/fixtures.ts';
import { createActions } from './actions.ts';
import { runsOfLesson } from './lesson-figures.ts';
import { drawn, mislabelling, settingsOf } from './lesson-runs.ts';
import { createStudioStore } from './store.ts';

// the page asks the browser to keep what it has
beforeAll(() => void vi.stubGlobal('navigator', {}));

describe.each(LESSON_IDS)('%s', (id) => {
  const lesson: Lesson = LESSONS[id];

  it('is set up from what the site ships, with runs that differ', () => {
    expect(SAMPLES.find((sample) => sample.id === lesson.sample)?.model).toBe(lesson.model);
    expect(shippedModel(lesson.model)).toBeDefined();
    expect(METHOD_METAS).toHaveProperty(lesson.method);
    expect(lesson.guesses.length).toBeGreaterThanOrEqual(3);
    const ids = [...lesson.runs, ...lesson.cures].map((run) => run.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('says nothing before its runs are through', () => {
    const settings = settingsOf(lesson, lesson.runs[0]!, MODEL, 160);
    const begun: Recorded = { id: '', finish: undefined, settings, curves: { train: [], validation: [], old: [] } };
    expect(lesson.find({})).toBeUndefined();
    expect(lesson.find(Object.fromEntries(lesson.runs.map((run) => [run.id, begun])))).toBeUndefined();
  });
});

it('a run has the lesson’s settings over those that a person begins with, and its own over these', () => {
  const lesson: Lesson = {
    ...LESSONS.overfitting,
    settings: { epochs: 7, fewShot: { examplesPerClass: 3 }, earlyStopping: { enabled: false } },
  };
  const settings = settingsOf(lesson, { id: 'a', settings: { fewShot: { draw: 2 }, seed: 5 } }, MODEL, 160);
  expect(settings).toMatchObject({
    epochs: 7,
    seed: 5,
    method: { id: 'full' },
    model: MODEL.ref,
    fewShot: { examplesPerClass: 3, draw: 2 },
    earlyStopping: { enabled: false, patience: 5 },
  });
});

describe('dirt', () => {
  const dataset = datasetOf({ a: 100, b: 80, c: 60 });

  it('is drawn from the training examples alone, and always the same', () => {
    const ids = drawn(dataset, 0.2, 'x');
    expect(ids).toEqual(drawn(dataset, 0.2, 'x'));
    expect(ids).not.toEqual(drawn(dataset, 0.2, 'y'));
    expect(new Set(ids).size).toBe(Math.round(0.2 * 168));
    for (const id of ids) expect(SPLITS[dataset.examples.splits[id]!]).toBe('train');
  });

  it('gives each example the label of another class', () => {
    const ids = drawn(dataset, 0.3, 'x');
    const edits = mislabelling(dataset, ids) as Extract<DatasetEdit, { kind: 'label' }>[];
    expect(edits.flatMap((edit) => edit.ids).sort((a, b) => a - b)).toEqual(ids);
    for (const { ids, label } of edits) for (const id of ids) expect(dataset.examples.labels[id]).not.toBe(label);
    expect(new Set(edits.map(({ label }) => label)).size).toBe(3);
  });
});

/** An engine that ends each run at once. */
function studio() {
  const store = createStudioStore();
  const trained: CommandOf<'train'>[] = [];
  const dataset = datasetOf({ '5': 200, '6': 200, '7': 200, '8': 200, '9': 200 });
  const { client, calls } = fakeClient({
    'open-sample': () => dataset,
    'open-model': ({ model }) => ({ ...MODEL, ref: model }),
    plan: ({ settings }) => planOf(settings),
    train: (command) => {
      trained.push(command);
      const { run, settings } = command;
      return { ...emptyStatus(run, settings.epochs, 'wasm'), phase: 'done', finish: 'completed' };
    },
    edit: () => ({ ...dataset }),
    picture: () => new Blob(),
    'add-pictures': () => ({ ...dataset }),
    report: () => ({ findings: [], examined: 1000, ms: 1 }),
    'check-labels': () => ({
      kind: 'probably-mislabelled',
      severity: 'warning',
      cases: [{ ids: [3], values: {} }],
      values: {},
    }),
    control: () => null,
  });
  return { store, actions: createActions(store, client), calls, trained };
}

describe('played', () => {
  it('runs one after another at a press, on the screen where it was pressed', async () => {
    const { store, actions, trained } = studio();
    store.setState({ screen: 'lessons' });
    actions.guess('learning-rate', 'right');
    await actions.setPace(5);
    await actions.beginLesson('learning-rate');
    expect(trained.map(({ settings, pace }) => [settings.learningRate, pace])).toEqual([
      [1e-5, 5],
      [5e-3, 5],
      [1, 5],
    ]);
    const { lesson, runs, screen, settings, trials } = store.getState();
    expect(runsOfLesson(runs, 'learning-rate').map((run) => run.lesson?.run)).toEqual(['low', 'right', 'high']);
    expect(lesson).toMatchObject({ id: 'learning-rate', guess: 'right' });
    expect([lesson?.doing, trials, screen, settings.learningRate]).toEqual([undefined, undefined, 'lessons', 1]);
    await actions.tryCure();
    expect(runsOfLesson(store.getState().runs, 'learning-rate').at(-1)?.lesson?.run).toBe('cosine');
    expect(trained.at(-1)!.place?.lesson).toEqual({ id: 'learning-rate', run: 'cosine' });
  });

  it('again, shows its newest runs alone', async () => {
    const { store, actions } = studio();
    await actions.beginLesson('overfitting');
    await actions.beginLesson('overfitting');
    expect(Object.values(store.getState().runs)).toHaveLength(2);
    expect(runsOfLesson(store.getState().runs, 'overfitting').map(({ number }) => number)).toEqual([2]);
  });

  it('spoils the data before its last run, looks for it, and leaves out what was found', async () => {
    const { store, actions, calls } = studio();
    await actions.beginLesson('dirty-labels');
    const kinds = calls
      .map(({ kind }) => kind)
      .filter((kind) => /^(train|edit|add-pictures|report|check-labels)$/.test(kind));
    expect([...new Set(kinds)]).toEqual(['train', 'edit', 'add-pictures', 'report', 'check-labels']);
    expect(kinds.filter((kind) => kind === 'train')).toHaveLength(2);
    const { wrong = [], copies = [], suspects } = store.getState().lesson?.dirt ?? {};
    expect(wrong.length).toBeGreaterThan(100);
    expect(copies).toHaveLength(21);
    expect(suspects).toEqual([3]);
    await actions.tryCure();
    expect(calls.findLast(({ kind }) => kind === 'edit')).toMatchObject({ edit: { kind: 'exclude', ids: [3] } });
  });
});
