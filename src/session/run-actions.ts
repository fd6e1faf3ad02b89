import type { StudioClient } from '../client/client.ts';
import type { MethodId } from '../methods/metas.ts';
import type { BranchPoint, RunControl } from '../protocol/control.ts';
import { looksUpTo } from '../protocol/inside.ts';
import type { Lean } from '../protocol/lean.ts';
import { inForce, lastKept, marksUpTo, matrixUpTo } from '../protocol/marks.ts';
import type { ModelSummary } from '../protocol/model.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { QueuedRun } from '../protocol/project.ts';
import { emptyStatus, isOver, type RunSettings, type RunStatus } from '../protocol/run.ts';
import { forModel, forTask } from './defaults.ts';
import { withModel } from './kept.ts';
import { askToPersist } from './project-actions.ts';
import { createQueue } from './queue.ts';
import { placeOf, type RunRecords } from './run-records.ts';
import { curvesUpTo } from './series.ts';
import type { ProblemPlace, RunRecord, StudioStore } from './store.ts';
import type { SearchPlan } from './trials.ts';

interface Beginning {
  series?: RunRecord['series'];
  group?: RunRecord['group'];
  lesson?: RunRecord['lesson'];
  /** Halts after that epoch. */
  until?: number | undefined;
  from?: BranchPoint | undefined;
  modelName?: string | undefined;
}

/** Step and epoch of a run's checkpoint. */
function checkpointOf(
  { status, marks }: RunRecord,
  checkpoint: BranchPoint['checkpoint'],
): { step: number; epoch: number } | undefined {
  if (checkpoint === 'best') return status.best;
  const step = checkpoint === 'last' ? lastKept(status, marks) : checkpoint;
  return step < 0 ? undefined : { step, epoch: step / Math.max(1, status.stepsPerEpoch) };
}

interface Around {
  store: StudioStore;
  client: StudioClient;
  records: RunRecords;
  /** Runs `work`; a problem is kept for the place where the page shows it. */
  attempt<T>(place: ProblemPlace, work: () => Promise<T>): Promise<T | undefined>;
  clearProblem(place: ProblemPlace): void;
  /** A run on the test set. */
  evaluate(run: string): Promise<void>;
  /** Makes these the next run's settings, with their model. */
  useSettings(settings: RunSettings): Promise<void>;
}

/** What a person can do with training: begin, steer, take up again. */
export function createRunActions({ store, client, records, attempt, clearProblem, evaluate, useSettings }: Around) {
  const { getState, setState } = store;

  /** What a run begins with where people watch: no faster than they can follow. */
  const pace = () => (getState().pace > 0 ? { pace: getState().pace } : {});

  /** A run with these settings, to its end; its id, where it could begin. */
  async function start(
    settings: RunSettings,
    { series, group, lesson, from, until, modelName = getState().model?.name }: Beginning = {},
  ): Promise<string | undefined> {
    const { dataset } = getState();
    if (!modelName || !dataset) return undefined;
    const id = crypto.randomUUID();
    records.add({
      id,
      modelName,
      datasetName: dataset.name,
      classes: dataset.classes.filter(({ usable }) => usable).map(({ name }) => name),
      settings,
      status: emptyStatus(id, settings.epochs, getState().backend?.name ?? ''),
      imported: false,
      ...(series ? { series } : {}),
      ...(group ? { group } : {}),
      ...(lesson ? { lesson } : {}),
    });
    askToPersist();
    const place = placeOf(getState().runs[id]!);
    await toItsEnd(id, () => client.call({ kind: 'train', run: id, settings, place, from, until, ...pace() }));
    return id;
  }

  /** The settings are the run's from now on: what they were set up for is done, and Train shows it. */
  const toTrain = () => setState(({ setUp: _, branch: __, ...rest }) => ({ ...rest, screen: 'train' }), true);

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

  /** Back to where a run was last kept: what came later will come again, and what was found out is no longer true. */
  function rewind(run: RunRecord): void {
    const {
      evaluation: _,
      base: __,
      exported: ___,
      generation: g,
      generationBase: b,
      memorised: m,
      tested,
      ...kept
    } = run;
    const { problem: ____, finish: _____, ...status } = run.status;
    // what is measured before the first step comes again too
    const last = lastKept(status, run.marks);
    const step = Math.max(0, last);
    setState(({ trial, ...rest }) => {
      const record: RunRecord = {
        ...kept,
        status: { ...status, phase: 'preparing', step },
        ...curvesUpTo(run, last),
        samples: run.samples.filter((sample) => sample.step <= last),
        inside: looksUpTo(run.inside, last),
        map: looksUpTo(run.map, last),
        matrix: matrixUpTo(run.matrix, last),
        marks: marksUpTo(run.marks, last),
      };
      const others = trial && trial.run !== run.id ? { trial } : {};
      return { ...rest, ...others, runs: { ...rest.runs, [run.id]: record } };
    }, true);
  }

  /** On from where it was last kept, to its end or so far. */
  async function takeUp(run: RunRecord, until?: number): Promise<void> {
    rewind(run);
    if (run.tested !== undefined)
      await client.call({ kind: 'place-run', run: run.id, place: placeOf(getState().runs[run.id]!) }).catch(() => {});
    await toItsEnd(run.id, () => client.call({ kind: 'continue', run: run.id, until, ...pace() }));
  }

  /** A tuned model that was dropped in stands among the runs. */
  function takeImported(model: ModelSummary, run: string): void {
    const { settings, imported, model: before } = getState();
    setState({
      model,
      imported: withModel(imported, model),
      settings: forModel(forTask({ ...settings, model: model.ref }, model.task), model, before),
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
    /** With the checkpoint that was chosen to begin with, where there is one. */
    async train(): Promise<void> {
      const { settings, branch } = getState();
      const from = branch && { run: branch.run, checkpoint: branch.checkpoint };
      toTrain();
      await start(settings, { from });
    },

    /**
     * Sets the next run up to begin with a checkpoint: its run's settings as they then stood, and enough epochs to go
     * somewhere. `epoch` is how far it had come.
     */
    async branchFrom(id: string, checkpoint: BranchPoint['checkpoint']): Promise<void> {
      const run = getState().runs[id];
      const at = run && checkpointOf(run, checkpoint);
      if (!run || !at) return;
      const { learningRate, weightDecay, patience } = inForce(run.settings, marksUpTo(run.marks, at.step));
      const { epochs, earlyStopping } = run.settings;
      const settings = {
        ...run.settings,
        learningRate,
        weightDecay,
        earlyStopping: { ...earlyStopping, patience },
        epochs: at.epoch < epochs ? epochs : Math.floor(at.epoch) + epochs,
      };
      setState({ branch: { run: id, checkpoint, epoch: at.epoch }, screen: 'model' });
      await useSettings(settings);
    },
    /** Trains as a run did, from its last checkpoint where there is one, in less memory. */
    async trainLeaner(id: string, lean: Lean): Promise<void> {
      const run = getState().runs[id];
      if (!run) return;
      if (checkpointOf(run, 'last')) await actions.branchFrom(id, 'last');
      else await useSettings(run.settings);
      await useSettings({ ...getState().settings, ...lean });
      await actions.train();
    },
    /** The next run begins with the model's own weights after all. */
    dropBranch(): void {
      setState(({ branch: _, ...rest }) => rest, true);
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
        toTrain();
        const run = await start(
          { ...settings, fewShot: { ...settings.fewShot, draw } },
          { series: { id, draw, of: draws } },
        );
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
      await takeUp(run);
    },

    control,

    showRun(id: string): void {
      setState({ currentRun: id });
    },
  };
  /** One that waited. Who looks at what a run came to goes on looking at it. */
  async function startQueued({ settings, from, modelName }: QueuedRun): Promise<void> {
    const { screen, currentRun } = getState();
    const begun = start(settings, { from, modelName });
    if (currentRun && (screen === 'evaluate' || screen === 'export')) setState({ currentRun });
    await begun;
  }

  const queue = createQueue({ store, start: startQueued });
  // the code of several runs in turn comes when somebody asks for them: the first screen waits for none of it
  const inTurn = async () => (await import('./trials.ts')).createTrials({ store, start, takeUp, evaluate });
  const trials = {
    /** These methods with as many seeds, on the same data. */
    compareMethods: async (methods: readonly MethodId[], seeds: number) =>
      (await inTurn()).compareMethods(methods, seeds),
    /** A pretrained start against twins from scratch; `of` is a run, the settings as they stand where there is none. */
    compareTwin: async (of: string | undefined, seeds: number) => (await inTurn()).compareTwin(of, seeds),
    /** On 10, 25, 50 and 100 % of the training examples. */
    learningCurve: async (of: string | undefined, seeds: number) => (await inTurn()).learningCurve(of, seeds),
    /** Looks for settings; with halving only the best so far go on. */
    search: async (plan: SearchPlan) => (await inTurn()).search(plan),
    /** No further runs; the one under way is stopped and its best weights are kept. */
    async stopTrials(): Promise<void> {
      setState(({ trials: under }) => (under ? { trials: { ...under, stopping: true } } : {}));
      await control({ kind: 'stop-keep' });
    },
  };

  return { actions: { ...actions, ...queue, ...trials }, takeImported, inTurn, start };
}
