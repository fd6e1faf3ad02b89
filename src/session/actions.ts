import type { Advice } from '../advice/facts.ts';
import type { StudioClient } from '../client/client.ts';
import type { MethodId } from '../methods/metas.ts';
import type { BackendChoice } from '../protocol/backend.ts';
import { exampleName } from '../protocol/dataset.ts';
import type { ProgressTask, Tried, TriedPicture, TriedText, WorkerEvent } from '../protocol/messages.ts';
import type { ModelRef, ModelSummary } from '../protocol/model.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { AugmentedView, Comparison, FrameGuess, Saliency, WordWeights } from '../protocol/result.ts';
import { emptyStatus, isOver, type RunControl, type RunSettings, type RunStatus } from '../protocol/run.ts';
import { createDataActions } from './data-actions.ts';
import { forTask, learningRateOf, methodDefaults } from './defaults.ts';
import { Gathered } from './gathered.ts';
import { createGenerationActions } from './generation-actions.ts';
import { askToPersist, createProjectActions } from './project-actions.ts';
import { append, emptySeries, type Series, toPoints, upTo } from './series.ts';
import type { ProblemPlace, RunRecord, Screen, StudioStore } from './store.ts';
import { createTextActions } from './text-actions.ts';

/** Which call a progress belongs to. */
const PLACES: Readonly<Record<ProgressTask, ProblemPlace>> = {
  files: 'data',
  sample: 'data',
  project: 'data',
  report: 'report',
  labels: 'report',
  tokens: 'model',
  weights: 'model',
  prefix: 'train',
  evaluate: 'evaluate',
  'evaluate-base': 'evaluate',
  export: 'export',
};

/** Pictures shown while files are read. */
const ARRIVED = 60;
/** Thumbnails that the page keeps; each is a few kilobytes. */
const KEPT_THUMBNAILS = 1500;

export type Actions = ReturnType<typeof createActions>;

/** Everything a person can do, as functions over the store and the client. */
export function createActions(store: StudioStore, client: StudioClient) {
  const { getState, setState } = store;
  const patchRun = (id: string, patch: Partial<RunRecord>) =>
    setState(({ runs }) => (runs[id] ? { runs: { ...runs, [id]: { ...runs[id], ...patch } } } : {}));
  const clearProblem = (place: ProblemPlace) =>
    setState(({ problems: { [place]: _, ...rest } }) => ({ problems: rest }));

  /** Runs `work`; a problem is kept for the place where the page shows it. */
  async function attempt<T>(place: ProblemPlace, work: () => Promise<T>): Promise<T | undefined> {
    clearProblem(place);
    try {
      return await work();
    } catch (error) {
      const problem =
        error instanceof ProblemError
          ? error.problem
          : new ProblemError('internal', { message: String(error) }).problem;
      setState(({ problems }) => ({ problems: { ...problems, [place]: problem } }));
      return undefined;
    } finally {
      setState(({ progress }) => ({
        progress: Object.fromEntries(
          Object.entries(progress).filter(([task]) => PLACES[task as ProgressTask] !== place),
        ),
      }));
    }
  }

  async function refreshPlan(): Promise<void> {
    const { settings, model, dataset } = getState();
    if (!model || !dataset) return;
    const plan = await attempt('model', () => client.call({ kind: 'plan', settings }));
    if (plan && getState().settings === settings) setState({ plan });
  }

  async function openModel(model: ModelRef): Promise<void> {
    // What stands of the model before would let a run start on it.
    setState(({ model: _, plan: __, ...rest }) => ({ ...rest, settings: { ...rest.settings, model } }), true);
    const summary = await attempt('model', () => client.call({ kind: 'open-model', model }));
    if (!summary) return;
    setState(({ settings }) => ({ model: summary, settings: forTask(settings, summary.task) }));
    await refreshPlan();
  }

  function addRun(record: Omit<RunRecord, 'number' | 'train' | 'validation' | 'samples'>): void {
    setState(({ runs }) => ({
      currentRun: record.id,
      runs: {
        ...runs,
        [record.id]: {
          ...record,
          number: 1 + Math.max(0, ...Object.values(runs).map(({ number }) => number)),
          train: emptySeries(),
          samples: [],
          validation: emptySeries(),
        },
      },
    }));
  }

  function onEvent(event: WorkerEvent): void {
    switch (event.kind) {
      case 'progress': {
        const { kind: _, ...progress } = event;
        setState((state) => ({ progress: { ...state.progress, [event.task]: progress } }));
        return;
      }
      case 'arrived':
        setState(({ arrived, arrivals }) => {
          const next = [...arrived];
          event.pictures.forEach((picture, i) => {
            next[(arrivals + i) % ARRIVED] = picture;
          });
          return { arrived: next, arrivals: arrivals + event.pictures.length };
        });
        return;
      case 'keeping':
        setState({ keep: event.keep });
        return;
      case 'metrics':
        for (const id of new Set(event.points.map((point) => point.run))) {
          const run = getState().runs[id];
          if (!run) continue;
          const of = (split: 'train' | 'validation') =>
            event.points.filter((point) => point.run === id && point.split === split);
          patchRun(id, {
            train: append(run.train, of('train')),
            validation: append(run.validation, of('validation')),
          });
        }
        return;
      case 'sample':
        setState(({ runs }) => {
          const run = runs[event.sample.run];
          return run ? { runs: { ...runs, [run.id]: { ...run, samples: [...run.samples, event.sample] } } } : {};
        });
        return;
      case 'generated':
        setState(({ generated }) => ({ generated: { ...generated, [event.stream]: event.text } }));
        return;
      case 'run-status':
        patchRun(event.status.run, { status: event.status });
        return;
      case 'backend':
        setState({ backend: event.backend });
        return;
      case 'backend-lost':
        setState(({ problems }) => ({ problems: { ...problems, backend: event.problem } }));
        return;
      default:
        event satisfies never;
    }
  }
  client.onEvent(onEvent);
  const thumbnails = new Gathered((ids) => client.call({ kind: 'thumbnails', ids }), KEPT_THUMBNAILS);
  const data = createDataActions({ store, client, thumbnails, attempt, openModel, refreshPlan, takeImported });
  const texts = createTextActions({ store, client, attempt, takeDataset: data.takeDataset });
  const generation = createGenerationActions({ store, client, attempt });
  const projects = createProjectActions({ store, client, attempt, openModel });

  const currentRun = (): RunRecord | undefined => {
    const { runs, currentRun: id } = getState();
    return id ? runs[id] : undefined;
  };

  return {
    show(screen: Screen): void {
      setState({ screen });
    },
    dismiss: clearProblem,

    async chooseBackend(choice: BackendChoice): Promise<void> {
      setState({ backendChoice: choice });
      const backend = await attempt('backend', () => client.call({ kind: 'choose-backend', choice }));
      if (backend) setState({ backend });
    },

    ...data.actions,
    ...texts,
    ...projects,
    ...generation,

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
      const same = settings.model.kind === before.model.kind && settings.model.id === before.model.id;
      setState({ settings, setUp: { run: run.id, code, before } });
      await (same ? refreshPlan() : openModel(settings.model));
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

    async train(): Promise<void> {
      await start(getState().settings);
    },

    /**
     * Trains on as many draws of a few examples, one run after another, each judged on the test set. A draw that was
     * stopped or broke ends the series.
     */
    async trainFewShot(draws: number): Promise<void> {
      const { settings, dataset } = getState();
      const id = crypto.randomUUID();
      for (let draw = 0; draw < draws; draw++) {
        setState({ series: { id, draw, of: draws, stopping: false } });
        const run = await start({ ...settings, fewShot: { ...settings.fewShot, draw } }, { id, draw, of: draws });
        const finish = run ? getState().runs[run]?.status.finish : undefined;
        if (!run || (finish !== 'completed' && finish !== 'early-stopping')) break;
        await evaluate(run);
        // the next draw would be of other pictures
        if (getState().series?.stopping || getState().dataset !== dataset) break;
      }
      setState(({ series: _, ...rest }) => rest, true);
    },
    /** No further draws; the one under way is stopped and its best weights are kept. */
    async stopSeries(): Promise<void> {
      setState(({ series }) => (series ? { series: { ...series, stopping: true } } : {}));
      await control({ kind: 'stop-keep' });
    },

    /** Takes the current run up from its last whole epoch, after the GPU went away. */
    async goOn(): Promise<void> {
      const run = currentRun();
      if (!run) return;
      const live = Object.values(getState().runs).some(({ status }) => !isOver(status.phase));
      if (live) return void (await attempt('train', () => Promise.reject(new ProblemError('busy'))));
      clearProblem('backend');
      rewind(run);
      await toItsEnd(run.id, () => client.call({ kind: 'continue', run: run.id }));
    },

    control,

    showRun(id: string): void {
      setState({ currentRun: id });
    },

    async evaluate(): Promise<void> {
      const run = currentRun();
      if (run) await evaluate(run.id);
    },

    /** A picture of one's own through the current run's model. */
    tryPicture: (picture: Blob, name: string): Promise<void> =>
      tryOn(picture, name, { kind: 'file', file: picture, name }),

    /** A picture of the data set; its thumbnail stands for it on the page. */
    async tryExample(id: number): Promise<void> {
      const { dataset } = getState();
      if (!dataset) return;
      const thumbnail = await thumbnails.get(dataset.id, id);
      await tryOn(thumbnail, exampleName(dataset, id), { kind: 'example', id });
    },

    /** The model before training, on the same test pictures. */
    async evaluateBase(): Promise<void> {
      const run = currentRun();
      if (!run) return;
      const base = await attempt('evaluate', () => client.call({ kind: 'evaluate-base', run: run.id }));
      if (base) patchRun(run.id, 'perplexity' in base ? { generationBase: base } : { base });
    },

    /** One picture through a run's model and the one that it came from. */
    compare: (run: string, tried: Tried): Promise<Comparison | undefined> =>
      attempt('evaluate', () => client.call({ kind: 'predict', run, tried })),

    /** Where in a picture the answer `label`, an index into the run's classes, came from. */
    saliency: (run: string, picture: TriedPicture, label: number): Promise<Saliency | undefined> =>
      attempt('evaluate', () => client.call({ kind: 'saliency', run, picture, label })),

    /** How much each word of a text spoke for `label`, an index into the run's classes. */
    wordWeights: (run: string, tried: TriedText, label: number): Promise<WordWeights | undefined> =>
      attempt('evaluate', () => client.call({ kind: 'word-weights', run, tried, label })),

    /** A frame of the camera; it is the engine's from then on. Rejects with a `ProblemError`. */
    predictFrame: (run: string, frame: ImageBitmap): Promise<FrameGuess> =>
      client.call({ kind: 'predict-frame', run, frame }, [frame]),

    async export(): Promise<void> {
      const run = currentRun();
      if (!run) return;
      const history = [...toPoints(run.train, run.id, 'train'), ...toPoints(run.validation, run.id, 'validation')];
      const exported = await attempt('export', () =>
        client.call({ kind: 'export', run: run.id, history, title: run.datasetName }),
      );
      if (exported) patchRun(run.id, { exported });
    },
  };

  async function tryOn(picture: Blob, name: string, tried: TriedPicture): Promise<void> {
    const run = currentRun();
    if (!run) return;
    const comparison = await attempt('evaluate', () => client.call({ kind: 'predict', run: run.id, tried }));
    if (comparison) setState({ trial: { run: run.id, name, picture, comparison } });
  }

  /** A run with these settings, to its end; its id, where it could begin. */
  async function start(settings: RunSettings, series?: RunRecord['series']): Promise<string | undefined> {
    const { model, dataset } = getState();
    if (!model || !dataset) return undefined;
    const id = crypto.randomUUID();
    addRun({
      id,
      modelName: model.name,
      datasetName: dataset.name,
      classes: dataset.classes.filter(({ usable }) => usable).map(({ name }) => name),
      settings,
      status: emptyStatus(id, settings.epochs, getState().backend?.name ?? ''),
      imported: false,
      ...(series ? { series } : {}),
    });
    setState(({ setUp: _, ...rest }) => ({ ...rest, screen: 'train' }), true);
    askToPersist();
    const place = { number: getState().runs[id]?.number ?? 1, ...(series ? { series } : {}) };
    await toItsEnd(id, () => client.call({ kind: 'train', run: id, settings, place }));
    return id;
  }

  async function evaluate(id: string): Promise<void> {
    const evaluation = await attempt('evaluate', () => client.call({ kind: 'evaluate', run: id }));
    if (evaluation) patchRun(id, 'perplexity' in evaluation ? { generation: evaluation } : { evaluation });
  }

  async function control(command: RunControl): Promise<void> {
    const run = currentRun();
    if (run && !isOver(run.status.phase))
      await attempt('train', () => client.call({ kind: 'control', run: run.id, control: command }));
  }

  async function toItsEnd(id: string, work: () => Promise<RunStatus>): Promise<void> {
    const status = await attempt('train', work);
    const problem = getState().problems.train;
    if (status) patchRun(id, { status });
    else if (problem)
      patchRun(id, { status: { ...getState().runs[id]!.status, phase: 'failed', finish: 'failed', problem } });
  }

  /** Back to a run's last whole epoch: what came later will come again, and what was found out is no longer true. */
  function rewind(run: RunRecord): void {
    const { evaluation: _, base: __, exported: ___, generation: g, generationBase: b, ...kept } = run;
    const { problem: ____, finish: _____, ...status } = run.status;
    const step = status.epoch * status.stepsPerEpoch;
    // what is measured before the first step comes again too
    const last = step > 0 ? step : -1;
    const upToHere = (series: Series) => upTo(series, last);
    setState(({ trial, ...rest }) => {
      const record: RunRecord = {
        ...kept,
        status: { ...status, phase: 'preparing', step },
        train: upToHere(run.train),
        validation: upToHere(run.validation),
        samples: run.samples.filter((sample) => sample.step <= last),
      };
      const others = trial && trial.run !== run.id ? { trial } : {};
      return { ...rest, ...others, runs: { ...rest.runs, [run.id]: record } };
    }, true);
  }

  function takeImported(model: ModelSummary, run: string): void {
    const { settings } = getState();
    setState({ model, settings: forTask({ ...settings, model: model.ref }, model.task) });
    addRun({
      id: run,
      modelName: model.name,
      datasetName: model.name,
      classes: model.labels,
      settings: getState().settings,
      status: {
        ...emptyStatus(run, settings.epochs, getState().backend?.name ?? ''),
        phase: 'done',
        finish: 'completed',
      },
      imported: true,
    });
    setState({ screen: 'evaluate' });
  }
}
