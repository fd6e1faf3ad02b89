import { fewShot } from '../data/few-shot.ts';
import { OpenedImages } from '../data/image-dataset.ts';
import { type AnyDataset, type AnyOpened, openDataset } from '../data/open.ts';
import { addImages, glance, readPicture } from '../data/open-images.ts';
import { addTexts, remapTexts } from '../data/open-texts.ts';
import { OpenedTexts } from '../data/text-dataset.ts';
import { shippedModel } from '../models/metas.ts';
import { startBackend } from '../nn/backends/index.ts';
import type { FeatureCache } from '../nn/input.ts';
import { Network } from '../nn/network.ts';
import type { BackendChoice, BackendInfo } from '../protocol/backend.ts';
import { type DatasetSummary, DEFAULT_SPLIT, type DroppedFile } from '../protocol/dataset.ts';
import type { CommandOf, Opened, WorkerEvent } from '../protocol/messages.ts';
import type { ImageInput, ModelRef, ModelSummary, PlanSummary } from '../protocol/model.ts';
import type { OptionValues } from '../protocol/options.ts';
import { type Problem, ProblemError } from '../protocol/problems.ts';
import type { OpenedProject } from '../protocol/project.ts';
import type { RunSettings } from '../protocol/run.ts';
import { SAMPLES } from '../protocol/samples.ts';
import { Arrivals } from './arrivals.ts';
import { readExport } from './dropped-model.ts';
import { Keeping } from './keeping.ts';
import { type LoadedModel, loadFiles, loadShipped } from './model.ts';
import { planRun, startingValues, summarisePlans } from './plan.ts';
import { type Run, tunedNetwork } from './runs.ts';
import { Streams } from './streams.ts';
import { taskOf } from './tasks.ts';

const keyOf = ({ kind, id }: ModelRef): string => `${kind}/${id}`;

/** What is open in the worker. One instance lives as long as the worker does. */
export class Studio {
  /** The site's address, ending in `/`. */
  readonly root: string;
  readonly emit: (event: WorkerEvent) => void;
  readonly runs = new Map<string, Run>();
  /** What survives a reload. */
  readonly keeping: Keeping;
  readonly streams = new Streams();
  dataset: AnyOpened | undefined;
  private choice: BackendChoice = 'auto';
  private started: Promise<BackendInfo> | undefined;
  private readonly models = new Map<string, LoadedModel>();
  /** Of shipped models, by id. */
  private readonly readers = new Map<string, Pick<LoadedModel, 'config' | 'processor'>>();
  /** Networks on the device that answer questions; gone with the backend. */
  private readonly networks = new Map<string, Network>();
  private readonly waking = new Map<string, Promise<Run | undefined>>();
  private kept: { key: string; cache: FeatureCache } | undefined;

  constructor(root: string, emit: (event: WorkerEvent) => void) {
    this.root = root;
    this.emit = emit;
    this.keeping = new Keeping(emit);
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
    await this.streams.stopAll();
    this.releaseDevice();
    this.choice = choice;
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
    const backend = await startBackend(this.choice, { onLost: (problem) => this.lose(problem) });
    this.emit({ kind: 'backend', backend });
    return backend;
  }

  /** The GPU went away: whatever was on it is gone, and must not be touched. */
  private lose(problem: Problem): void {
    this.started = undefined;
    this.networks.clear();
    this.kept = undefined;
    this.active?.control.lose();
    this.streams.lose();
    this.emit({ kind: 'backend-lost', problem });
  }

  private releaseDevice(): void {
    for (const network of this.networks.values()) network.dispose();
    this.networks.clear();
    this.kept?.cache.dispose();
    this.kept = undefined;
  }

  /** Keeps one frozen prefix's output for the next run that has the same; disposes of the one before. */
  async prefix(key: string, make: () => Promise<FeatureCache | undefined>): Promise<FeatureCache | undefined> {
    if (this.kept?.key === key) return this.kept.cache;
    this.kept?.cache.dispose();
    this.kept = undefined;
    const cache = await make();
    if (cache) this.kept = { key, cache };
    return cache;
  }

  // ---- data

  /** A data set, or a zip that was exported here. */
  async openFiles(files: readonly DroppedFile[], into: 'new' | 'add'): Promise<Opened> {
    if (into === 'add' && this.dataset instanceof OpenedImages) {
      await addImages(this.dataset, files, this.reading());
      this.keeping.changed();
      return { kind: 'dataset', dataset: this.dataset.summary() };
    }
    if (into === 'add' && this.dataset instanceof OpenedTexts) {
      await addTexts(this.dataset, files, this.reading());
      this.keeping.changed();
      return { kind: 'dataset', dataset: this.dataset.summary() };
    }
    const only = files.length === 1 ? files[0] : undefined;
    const model = only && (await this.openExport(only));
    if (model) return { kind: 'model', ...model };
    return { kind: 'dataset', dataset: await this.takeDataset(files) };
  }

  /** Shows the page what of these files are pictures; says nothing of the others. */
  async peek(files: readonly DroppedFile[]): Promise<void> {
    const { onPicture } = this.reading();
    for (const { path, file } of files) {
      const thumbnail = await glance(file, path).catch(() => undefined);
      if (thumbnail) onPicture(path, thumbnail);
    }
  }

  private async openExport({ path, file }: DroppedFile): Promise<{ model: ModelSummary; run: string } | undefined> {
    const id = crypto.randomUUID();
    const read = await readExport(file, path, id);
    if (!read) return undefined;
    const { model, run } = read;
    this.models.set(keyOf(model.summary.ref), model);
    this.runs.set(id, run);
    this.keeping.dropped(id, { path, blob: file, run });
    return { model: model.summary, run: id };
  }

  async openSample(id: string): Promise<DatasetSummary> {
    const sample = SAMPLES.find((one) => one.id === id);
    if (!sample) throw new ProblemError('sample-missing', { sample: id });
    const response = await fetch(this.root + sample.path).catch(() => undefined);
    if (!response?.ok) throw new ProblemError('sample-missing', { sample: id });
    const file = { path: sample.path.split('/').at(-1)!, file: await response.blob() };
    const input = shippedModel(sample.model)?.input;
    return this.takeDataset([file], input?.kind === 'image' ? input : undefined);
  }

  /** `input`: the model that will most likely be trained, whose pixels are prepared while each picture is decoded. */
  private async takeDataset(
    files: readonly DroppedFile[],
    input: ImageInput = { kind: 'image', size: 224, channels: 3 },
  ): Promise<DatasetSummary> {
    const options = { id: crypto.randomUUID(), split: DEFAULT_SPLIT, prefetch: input, ...this.reading() };
    this.dataset = await openDataset(files, options);
    this.keeping.begin(this.dataset);
    return this.dataset.summary();
  }

  /** The same files, read or understood in another way, take the place of the texts that are open. Throws as `openTexts`. */
  async remap({ mapping, readings }: CommandOf<'remap'>): Promise<DatasetSummary> {
    const before = this.openedTexts();
    const { split } = before.state;
    const options = { id: crypto.randomUUID(), split, mapping, readings, ...this.reading() };
    const dataset = await remapTexts(before, options);
    // another was opened meanwhile
    if (this.dataset !== before) throw new ProblemError('no-dataset');
    this.dataset = dataset;
    this.keeping.begin(dataset, before.id);
    return dataset.summary();
  }

  /** Tells the page how far reading has come, with a look at what came last. */
  private reading() {
    const arrivals = new Arrivals(this.emit);
    return {
      onProgress: this.progress('files', 'items'),
      onBytes: this.progress('files', 'bytes'),
      onPicture: (path: string, thumbnail: Blob) => arrivals.add({ path, thumbnail }),
    };
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

  /** Pictures that a person took. Throws `image-unreadable`. */
  async addPictures(pictures: readonly Blob[], label: number): Promise<DatasetSummary> {
    const dataset = this.openedImages();
    const name = dataset.state.classes[label];
    const from = dataset.length;
    const examples = await Promise.all(
      pictures.map((picture, i) => readPicture(picture, `camera/${String(from + i).padStart(5, '0')}.jpg`)),
    );
    dataset.add(
      examples,
      examples.map(() => name),
    );
    this.keeping.changed();
    return dataset.summary();
  }

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

  // ---- models

  async openModel(ref: ModelRef): Promise<ModelSummary> {
    return (await this.model(ref)).summary;
  }

  async model(ref: ModelRef): Promise<LoadedModel> {
    const known = this.models.get(keyOf(ref));
    if (known) return known;
    const model =
      ref.kind === 'imported'
        ? await this.keeping.model(ref.id)
        : await loadShipped(ref.id, this.root, this.progress('weights', 'bytes'));
    if (!model) throw new ProblemError('model-missing', { file: ref.id });
    this.models.set(keyOf(ref), model);
    return model;
  }

  /** What makes a model's inputs: without its weights, where these are not here yet. */
  async reader(ref: ModelRef): Promise<Pick<LoadedModel, 'config' | 'processor'>> {
    const known = this.models.get(keyOf(ref)) ?? this.readers.get(ref.id);
    if (known) return known;
    if (ref.kind === 'imported') return this.model(ref);
    const reader = await loadFiles(ref.id, this.root);
    this.readers.set(ref.id, reader);
    return reader;
  }

  /** The model that a run began with; of a tuned model that was dropped in, the shipped one it came from. */
  async baseOf(run: Run): Promise<LoadedModel> {
    if (!run.imported) return run.model;
    const { id } = run.model.origin;
    return shippedModel(id) ? this.model({ kind: 'shipped', id }) : run.model;
  }

  async plan(settings: RunSettings): Promise<PlanSummary> {
    const dataset = this.needDataset();
    const model = await this.model(settings.model);
    return summarisePlans(model, dataset.classes, settings, {
      train: fewShot(dataset, settings).length,
      validation: dataset.ids('validation').length,
    });
  }

  // ---- networks that answer

  /** The tuned network of a finished run, on the device. */
  tuned(run: Run): Network {
    return this.network(`run/${run.id}`, () => tunedNetwork(run));
  }

  /** A model as it came, with its own head; where it has none, with one of a single class that means nothing. */
  pretrained(model: LoadedModel, task: OptionValues): Network {
    const key = `model/${keyOf(model.summary.ref)}/${JSON.stringify(taskOf(model.config.architecture).config(task))}`;
    return this.network(key, () => {
      const classes = model.labels.length > 0 ? model.labels : [''];
      const plan = planRun(model, classes, { method: { id: 'full', options: {} }, task });
      return new Network(plan.architecture, startingValues(model, plan, 0));
    });
  }

  /** Made when first asked for. A second pair is not kept: weights take room. */
  private network(key: string, make: () => Network): Network {
    const known = this.networks.get(key);
    if (known) return known;
    for (const [old, network] of this.networks) {
      if (old.split('/', 1)[0] !== key.split('/', 1)[0]) continue;
      network.dispose();
      this.networks.delete(old);
    }
    const network = make();
    this.networks.set(key, network);
    return network;
  }

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
    this.networks.get(`run/${id}`)?.dispose();
    this.networks.delete(`run/${id}`);
    const run = this.runs.get(id);
    delete run?.evaluation;
    delete run?.generation;
  }
}
