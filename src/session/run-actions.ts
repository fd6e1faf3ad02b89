import type { StudioClient } from '../client/client.ts';
import type { ModelSummary } from '../protocol/model.ts';
import { ProblemError } from '../protocol/problems.ts';
import { emptyStatus, isOver, type RunControl, type RunSettings, type RunStatus } from '../protocol/run.ts';
import { forTask, withHead } from './defaults.ts';
import { withModel } from './kept.ts';
import { askToPersist } from './project-actions.ts';
import type { RunRecords } from './run-records.ts';
import { type Series, upTo } from './series.ts';
import type { ProblemPlace, RunRecord, StudioStore } from './store.ts';

interface Around {
  store: StudioStore;
  client: StudioClient;
  records: RunRecords;
  /** Runs `work`; a problem is kept for the place where the page shows it. */
  attempt<T>(place: ProblemPlace, work: () => Promise<T>): Promise<T | undefined>;
  clearProblem(place: ProblemPlace): void;
  /** A run on the test set. */
  evaluate(run: string): Promise<void>;
}

/** What a person can do with training: begin, steer, take up again. */
export function createRunActions({ store, client, records, attempt, clearProblem, evaluate }: Around) {
  const { getState, setState } = store;

  /** A run with these settings, to its end; its id, where it could begin. */
  async function start(settings: RunSettings, series?: RunRecord['series']): Promise<string | undefined> {
    const { model, dataset } = getState();
    if (!model || !dataset) return undefined;
    const id = crypto.randomUUID();
    records.add({
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

  async function control(command: RunControl): Promise<void> {
    const run = records.current();
    if (run && !isOver(run.status.phase))
      await attempt('train', () => client.call({ kind: 'control', run: run.id, control: command }));
  }

  async function toItsEnd(id: string, work: () => Promise<RunStatus>): Promise<void> {
    const status = await attempt('train', work);
    const problem = getState().problems.train;
    if (status) records.patch(id, { status });
    else if (problem)
      records.patch(id, { status: { ...getState().runs[id]!.status, phase: 'failed', finish: 'failed', problem } });
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

  /** A tuned model that was dropped in stands among the runs. */
  function takeImported(model: ModelSummary, run: string): void {
    const { settings, imported } = getState();
    setState({
      model,
      imported: withModel(imported, model),
      settings: withHead(forTask({ ...settings, model: model.ref }, model.task), model),
    });
    records.add({
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

  const actions = {
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
      const run = records.current();
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
  };
  return { actions, takeImported };
}
