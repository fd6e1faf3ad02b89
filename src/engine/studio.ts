import { fewShot } from '../data/few-shot.ts';
import { OpenedImages } from '../data/image-dataset.ts';
import type { AnyDataset, AnyOpened } from '../data/open.ts';
import { OpenedTexts } from '../data/text-dataset.ts';
import { startBackend } from '../nn/backends/index.ts';
import { trainingBackend } from '../nn/kernels/backend.ts';
import type { BackendChoice, BackendInfo, SettledBackend } from '../protocol/backend.ts';
import type { DatasetSummary } from '../protocol/dataset.ts';
import type { WorkerEvent } from '../protocol/messages.ts';
import type { ModelRef, ModelSummary, PlanSummary } from '../protocol/model.ts';
import { type Problem, ProblemError } from '../protocol/problems.ts';
import type { OpenedProject } from '../protocol/project.ts';
import type { RunSettings } from '../protocol/run.ts';
import { sequenceOf } from './continual.ts';
import type { Control } from './control.ts';
import { checkCures } from './cures.ts';
import { Keeping } from './keeping.ts';
import { roomOf } from './lean.ts';
import { lengthsFor } from './lengths.ts';
import type { LoadedModel } from './model.ts';
import { Models } from './models.ts';
import { Networks } from './networks.ts';
import { planRun } from './plan.ts';
import { summarisePlans } from './plan-summary.ts';
import type { Run } from './runs.ts';
import { Streams } from './streams.ts';

/** What is open in the worker. One instance lives as long as the worker does. */
export class Studio {
  /** The site's address, ending in `/`. */
  readonly root: string;
  readonly emit: (event: WorkerEvent) => void;
  readonly runs = new Map<string, Run>();
  /** What was asked of runs that are not among them yet. */
  readonly beginning = new Map<string, Control>();
  /** What survives a reload. */
  readonly keeping: Keeping;
  readonly streams = new Streams();
  readonly models: Models;
  readonly networks = new Networks();
  dataset: AnyOpened | undefined;
  /** What a person scores the old task by, as long as the data set is open that it was given beside. Not kept. */
  own: { of: string; data: AnyOpened } | undefined;
  /** What trials of the backends found, by what makes runs alike. */
  readonly trials = new Map<string, SettledBackend>();
  private choice: BackendChoice = 'auto';
  private settled: SettledBackend | undefined;
  private started: Promise<BackendInfo> | undefined;
  private readonly waking = new Map<string, Promise<Run | undefined>>();

  constructor(root: string, emit: (event: WorkerEvent) => void) {
    this.root = root;
    this.emit = emit;
    this.keeping = new Keeping(emit);
    this.models = new Models({
      root,
      onProgress: this.progress('weights', 'bytes'),
      imported: (id) => this.keeping.model(id),
    });
  }

  progress = (task: Extract<WorkerEvent, { kind: 'progress' }>['task'], unit: 'bytes' | 'items') => {
    return (done: number, total: number): void => this.emit({ kind: 'progress', task, done, total, unit });
  };

  /** The run that is training now. */
  get active(): Run | undefined {
    return [...this.runs.values()].find(({ status }) =>
      ['preparing', 'running', 'paused', 'finishing'].includes(status.phase),
    );
  }

  // ---- where it computes

  async chooseBackend(choice: BackendChoice): Promise<BackendInfo> {
    if (this.active) throw new ProblemError('busy');
    this.choice = choice;
    this.settled = undefined;
    return this.restart();
  }

  /** Has `auto` take what a trial found, or what it takes without one; starts anew only where that is another backend. */
  async settle(settled?: SettledBackend): Promise<BackendInfo> {
    if (this.active) throw new ProblemError('busy');
    const before = this.settled;
    this.settled = settled;
    const backend = await this.backend();
    if (this.choice !== 'auto' || !backend.webgpu) return backend;
    if (backend.name !== (settled?.name ?? 'webgpu')) return this.restart();
    if (before?.reasons === settled?.reasons) return backend;
    const kept = backend.reasons.filter((reason) => !before?.reasons.includes(reason));
    const told = { ...backend, reasons: [...kept, ...(settled?.reasons ?? [])] };
    this.started = Promise.resolve(told);
    this.emit({ kind: 'backend', backend: told });
    return told;
  }

  private async restart(): Promise<BackendInfo> {
    await this.streams.stopAll();
    this.networks.dispose();
    this.started = this.start(this.started);
    return this.started;
  }

  /** Starts what was chosen, once; and again after a loss. */
  backend(): Promise<BackendInfo> {
    this.started ??= this.start();
    return this.started;
  }

  /** One at a time: of two starts at once, the one that ends last would win, in TensorFlow.js and on the page. */
  private async start(before?: Promise<unknown>): Promise<BackendInfo> {
    await before?.catch(() => {});
    const backend = await startBackend(this.choice, { onLost: (problem) => this.lose(problem), settled: this.settled });
    this.emit({ kind: 'backend', backend });
    return backend;
  }

  /** The GPU went away: whatever was on it is gone, and must not be touched. */
  private lose(problem: Problem): void {
    this.started = undefined;
    this.networks.lose();
    this.active?.control.lose(problem);
    this.streams.lose();
    this.emit({ kind: 'backend-lost', problem });
  }

  // ---- data

  /** Something is done to the open data set; gives what has become of it. */
  change(work: (dataset: AnyOpened) => void): DatasetSummary {
    const dataset = this.opened();
    work(dataset);
    this.keeping.changed();
    return dataset.summary();
  }

  /** The data set that is open. Throws `no-dataset`. */
  opened(): AnyOpened {
    if (!this.dataset) throw new ProblemError('no-dataset');
    return this.dataset;
  }
  /** The pictures that are open. Throws `no-dataset`. */
  openedImages(): OpenedImages {
    const dataset = this.opened();
    if (!(dataset instanceof OpenedImages)) throw new ProblemError('no-dataset');
    return dataset;
  }
  /** The texts that are open. Throws `no-dataset`. */
  openedTexts(): OpenedTexts {
    const dataset = this.opened();
    if (!(dataset instanceof OpenedTexts)) throw new ProblemError('no-dataset');
    return dataset;
  }

  /** What a run would see of it now. Throws `no-dataset`, `one-class`. */
  needDataset(): AnyDataset {
    return this.opened().view();
  }

  // ---- projects

  /** Opens what was kept; the runs that were there before are let go. Throws `busy`, `project-missing`. */
  async openProject(id: string): Promise<OpenedProject> {
    if (this.active) throw new ProblemError('busy');
    const { data, kept, ...opened } = await this.keeping.open(id);
    this.dataset = data;
    for (const run of [...this.runs.keys()]) if (!kept.has(run)) this.drop(run);
    return opened;
  }

  /** Throws `busy`, `project-elsewhere`. */
  async deleteProject(id: string): Promise<void> {
    if (this.active) throw new ProblemError('busy');
    if (!(await this.keeping.remove(id))) return;
    this.dataset = undefined;
    for (const run of [...this.runs.keys()]) this.drop(run);
  }

  private drop(run: string): void {
    this.outdate(run);
    this.runs.delete(run);
  }

  // ---- models

  async openModel(ref: ModelRef): Promise<ModelSummary> {
    return (await this.model(ref)).summary;
  }

  model(ref: ModelRef): Promise<LoadedModel> {
    return this.models.get(ref);
  }

  /** Lets go of a model that was dropped in. Throws `model-in-use` where a run came of it. */
  async forgetModel(id: string): Promise<void> {
    const used = [...this.runs.values()].some((run) => run.id === id || run.model.summary.ref.id === id);
    if (used || this.keeping.uses(id)) throw new ProblemError('model-in-use');
    const ref = { kind: 'imported', id } as const;
    this.networks.forget(ref);
    this.models.remove(ref);
    await this.keeping.forgetModel(id);
  }

  async plan(settings: RunSettings): Promise<PlanSummary> {
    const dataset = this.needDataset();
    const model = await this.model(settings.model);
    const ids = { train: fewShot(dataset, settings), validation: dataset.ids('validation') };
    const examples = { train: ids.train.length, validation: ids.validation.length };
    const learned = sequenceOf(dataset, ids, settings)?.size;
    const summary = summarisePlans(
      model,
      dataset.classes,
      settings,
      { ...examples, learned },
      lengthsFor(this.dataset, settings),
      await this.device(),
    );
    if (summary.plans.some(({ method }) => method === settings.method.id))
      checkCures(model, planRun(model, dataset.classes, settings), settings);
    return summary;
  }

  /** Whose memory a plan is about, where one was started: that nobody waits for it. */
  private async device() {
    const started = await this.started?.catch(() => undefined);
    if (!started) return undefined;
    const interpreter = started.name === 'webgpu' ? ('webgpu' as const) : ('wasm' as const);
    const halves = trainingBackend()?.halves !== undefined;
    return { interpreter, halves, roomBytes: roomOf(started, this.networks.bytesBeside(undefined)) };
  }

  // ---- runs

  run(id: string): Run {
    const run = this.runs.get(id);
    if (!run) throw new ProblemError('no-run');
    return run;
  }

  /** A run of a kept project, brought back with its weights when something is first asked of it. */
  async recall(id: string): Promise<void> {
    if (this.runs.has(id)) return;
    const waking = this.waking.get(id) ?? this.keeping.recall(id, (ref) => this.model(ref));
    this.waking.set(id, waking);
    try {
      const run = await waking;
      if (run && !this.runs.has(id)) this.runs.set(id, run);
    } finally {
      this.waking.delete(id);
    }
  }

  async forget(id: string): Promise<void> {
    if (this.active?.id === id) throw new ProblemError('busy');
    this.outdate(id);
    this.runs.delete(id);
    await this.keeping.forget(id);
  }

  /** A run's weights change: what the old ones answered no longer holds. */
  outdate(id: string): void {
    this.networks.outdate(id);
    const run = this.runs.get(id);
    delete run?.evaluation;
    delete run?.generation;
  }
}
