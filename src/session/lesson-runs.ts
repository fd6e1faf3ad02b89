import type { StudioClient } from '../client/client.ts';
import { isLesson, LESSONS, type LessonId } from '../lessons/index.ts';
import type { Dirt, Lesson, LessonRun, RunPatch } from '../lessons/lesson.ts';
import { seedOf, uniform } from '../lib/random.ts';
import { type DatasetEdit, type DatasetSummary, SPLITS } from '../protocol/dataset.ts';
import type { ModelRef, ModelSummary } from '../protocol/model.ts';
import type { RunSettings } from '../protocol/run.ts';
import { forTask, initialSettings, learningRateOf, methodDefaults, settingsFor, withHead } from './defaults.ts';
import type { LessonState, ProblemPlace, Screen, StudioStore } from './store.ts';
import type { createTrials } from './trials.ts';

interface Around {
  store: StudioStore;
  client: StudioClient;
  /** Runs `work`; a problem is kept for the place where the page shows it. */
  attempt<T>(place: ProblemPlace, work: () => Promise<T>): Promise<T | undefined>;
  openSample(id: string, screen: Screen): Promise<void>;
  useSettings(settings: RunSettings): Promise<void>;
  inTurn(): Promise<ReturnType<typeof createTrials>>;
}

/** What a lesson draws is drawn from this seed, so that each class sees the same. */
const SEED = 42;

/** The settings of a lesson's run: those that a person would begin with, and over them what the lesson says. */
export function settingsOf(lesson: Lesson, run: LessonRun, model: ModelSummary, training: number): RunSettings {
  const begin: RunSettings = { ...initialSettings(), method: methodDefaults(lesson.method), seed: SEED };
  const suited = withHead(forTask(settingsFor(begin, model.ref, training), model.task), model);
  const first = { ...suited, learningRate: learningRateOf(lesson.method, model.task) };
  return laid(laid(first, lesson.settings), run.settings);
}

const laid = (
  settings: RunSettings,
  { earlyStopping, fewShot, augmentation, oldTask, cures, task, ...patch }: RunPatch,
): RunSettings => ({
  ...settings,
  ...patch,
  earlyStopping: { ...settings.earlyStopping, ...earlyStopping },
  fewShot: { ...settings.fewShot, ...fewShot },
  augmentation: { ...settings.augmentation, ...augmentation },
  oldTask: { ...settings.oldTask, ...oldTask },
  cures: { ...settings.cures, ...cures },
  task: { ...settings.task, ...(task as RunSettings['task']) },
});

/** So many training examples, drawn from the seed; the same for every machine. */
export function drawn({ examples }: DatasetSummary, share: number, name: string): number[] {
  const train = SPLITS.indexOf('train');
  const ids = Array.from(examples.splits.keys()).filter(
    (id) => examples.splits[id] === train && !examples.excluded[id],
  );
  const order = ids.map((id) => ({ id, key: uniform(seedOf(SEED, id, name))() }));
  const count = Math.round(share * ids.length);
  return order
    .sort((a, b) => a.key - b.key)
    .slice(0, count)
    .map(({ id }) => id)
    .sort((a, b) => a - b);
}

/** Each of these examples gets the label of another class, one edit a class. */
export function mislabelling({ examples, classes }: DatasetSummary, ids: readonly number[]): DatasetEdit[] {
  const into = new Map<number, number[]>();
  for (const id of ids) {
    const step = 1 + Math.floor(uniform(seedOf(SEED, id, 'lesson.label'))() * (classes.length - 1));
    const label = (examples.labels[id]! + step) % classes.length;
    into.set(label, [...(into.get(label) ?? []), id]);
  }
  return [...into].map(([label, ids]) => ({ kind: 'label', ids, label }));
}

/** Sets lessons up and plays them: one at a time. */
export function createLessons({ store, client, attempt, openSample, useSettings, inTurn }: Around) {
  const { getState, setState } = store;

  const tell = (id: string, patch: Partial<LessonState>) =>
    setState(({ lesson }) => (lesson?.group === id ? { lesson: { ...lesson, ...patch } } : {}));
  const rest = (group: string) =>
    setState(({ lesson }) => {
      if (lesson?.group !== group) return {};
      const { doing: _, ...still } = lesson;
      return { lesson: still };
    });

  async function play(id: LessonId, runs: readonly LessonRun[], model: ModelSummary, group: string): Promise<void> {
    const { dataset } = getState();
    if (!dataset || runs.length === 0) return;
    const lesson: Lesson = LESSONS[id];
    const training = dataset.classes.reduce((sum, { counts }) => sum + counts.train, 0);
    const all = runs.map((run) => ({
      settings: settingsOf(lesson, run, model, training),
      modelName: model.name,
      lesson: { id, run: run.id },
    }));
    tell(group, { doing: 'runs' });
    await useSettings(all.at(-1)!.settings);
    await (await inTurn()).teach(group, all);
  }

  async function change(work: () => Promise<DatasetSummary>): Promise<void> {
    const dataset = await attempt('data', work);
    if (dataset) setState({ dataset });
  }

  /** Spoils the data as the lesson says. */
  async function soil(group: string, dirt: NonNullable<Lesson['dirt']>): Promise<Dirt | undefined> {
    const { dataset } = getState();
    if (!dataset) return undefined;
    tell(group, { doing: 'data' });
    const copied = drawn(dataset, dirt.copies, 'lesson.copy');
    const wrong = drawn(dataset, dirt.wrong, 'lesson.wrong').filter((id) => !copied.includes(id));
    for (const edit of mislabelling(dataset, wrong)) await change(() => client.call({ kind: 'edit', edit }));
    const first = dataset.examples.length;
    for (const id of copied)
      await change(async () => {
        const picture = await client.call({ kind: 'picture', id });
        return client.call({ kind: 'add-pictures', label: dataset.examples.labels[id]!, pictures: [picture] });
      });
    const made: Dirt = { wrong, copies: copied.map((_, i) => first + i) };
    tell(group, { dirt: made });
    return made;
  }

  /** Has the studio look for what was done to the data. */
  async function look(group: string, dirt: Dirt, model: ModelRef): Promise<void> {
    const { dataset } = getState();
    if (!dataset) return;
    tell(group, { doing: 'report' });
    const report = await attempt('report', () => client.call({ kind: 'report' }));
    const labels = report && (await attempt('report', () => client.call({ kind: 'check-labels', model })));
    if (!labels) return;
    setState({ report: { ...report, of: dataset }, wrongLabels: labels });
    const remedies = report.findings.flatMap(({ remedy }) => (remedy?.kind === 'exclude' ? remedy.ids : []));
    tell(group, {
      dirt: { ...dirt, suspects: labels.cases.flatMap(({ ids }) => ids), leftOut: new Set(remedies).size },
    });
  }

  /** Leaves out what was found: labels that are probably wrong, and copies. */
  async function mend({ suspects = [] }: Dirt): Promise<void> {
    const { report } = getState();
    const copies = (report?.findings ?? []).flatMap(({ remedy }) => (remedy?.kind === 'exclude' ? remedy.ids : []));
    const ids = [...new Set([...suspects, ...copies])];
    if (ids.length > 0) await change(() => client.call({ kind: 'edit', edit: { kind: 'exclude', ids } }));
  }

  const isBusy = () => {
    const { trials, lesson, opening } = getState();
    return trials !== undefined || lesson?.doing !== undefined || opening;
  };

  return {
    /** Opens the lesson's data and model, and plays its runs one after another. */
    async begin(id: LessonId): Promise<void> {
      if (isBusy()) return;
      const lesson: Lesson = LESSONS[id];
      const group = crypto.randomUUID();
      const { lesson: before, screen } = getState();
      const guess = before?.id === id && before.guess !== undefined ? { guess: before.guess } : {};
      setState({ lesson: { id, group, doing: 'data', ...guess } });
      try {
        const model = await open(lesson, screen);
        if (!model) return;
        const clean = lesson.dirt ? lesson.runs.slice(0, -1) : lesson.runs;
        await play(id, clean, model, group);
        if (!lesson.dirt || getState().lesson?.group !== group) return;
        const dirt = await soil(group, lesson.dirt);
        if (!dirt) return;
        await play(id, lesson.runs.slice(-1), model, group);
        await look(group, dirt, model.ref);
      } finally {
        rest(group);
      }
    },

    /** Plays the lesson's next cure beside its runs; all are tried one after another. */
    async cure(): Promise<void> {
      const { lesson: state, runs } = getState();
      if (isBusy() || !state || !isLesson(state.id)) return;
      const lesson: Lesson = LESSONS[state.id];
      const tried = new Set(
        Object.values(runs).flatMap(({ group, lesson: own }) => (group?.id === state.group && own ? [own.run] : [])),
      );
      const next = lesson.cures.find(({ id }) => !tried.has(id));
      const { model } = getState();
      if (!next || !model || model.ref.id !== lesson.model) return;
      try {
        if (state.dirt) await mend(state.dirt);
        await play(state.id, [next], model, state.group);
      } finally {
        rest(state.group);
      }
    },
  };

  async function open({ sample, model }: Lesson, screen: Screen): Promise<ModelSummary | undefined> {
    await openSample(sample, screen);
    if (getState().problems.data) return undefined;
    return attempt('model', () => client.call({ kind: 'open-model', model: { kind: 'shipped', id: model } }));
  }
}
