import type { AnyOpened } from '../data/open.ts';
import { reopen } from '../data/reopen.ts';
import type { WorkerEvent } from '../protocol/messages.ts';
import type { ModelRef } from '../protocol/model.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { OpenedProject, ProjectSummary, RunPlace } from '../protocol/project.ts';
import { type Draft, Keeper } from '../storage/keeper.ts';
import { Library } from '../storage/library.ts';
import type { Project } from '../storage/project.ts';
import type { RunRecord } from '../storage/records.ts';
import { RunKeeper } from '../storage/run-keeper.ts';
import { type DroppedModel, readModel } from './dropped-model.ts';
import { headOf, sourceOf } from './kept.ts';
import type { LoadedModel } from './model.ts';
import { keptRun, recallRun } from './recall.ts';
import type { Run } from './runs.ts';

/** Before the model's figures at step 0, which a run that begins anew measures again. */
const BEGINNING = -1;

/** What survives a reload: joins what is open in the worker to the projects on the disk. */
export class Keeping {
  readonly #emit: (event: WorkerEvent) => void;
  #library: Promise<Library> | undefined;
  /** Data sets that are open or still being written, by project. */
  readonly #keepers = new Map<string, Keeper>();
  #current: Keeper | undefined;
  /** Of the runs that the page shows. */
  #places = new Map<string, RunPlace>();
  readonly #runs = new Map<string, RunKeeper>();
  /** Where the runs of the open project are that have not been asked for yet. */
  #asleep = new Map<string, { project: Project; record: RunRecord; dataset: AnyOpened }>();
  /** Models that the projects which were open keep. */
  readonly #models = new Map<string, () => Promise<LoadedModel>>();
  readonly #dropped = new Map<string, DroppedModel>();
  /** Models that are on the disk or on their way: `<project>/<model>`. */
  readonly #written = new Set<string>();

  constructor(emit: (event: WorkerEvent) => void) {
    this.#emit = emit;
  }

  /** Opened once; asked again after a failure. Rejects where the browser keeps nothing. */
  private library(): Promise<Library> {
    this.#library ??= Library.open().catch((error: unknown) => {
      this.#library = undefined;
      throw error;
    });
    return this.#library;
  }

  /** Removes what a crash left. */
  async sweep(): Promise<void> {
    await (await this.library()).sweep();
  }

  /** None where the browser keeps nothing. */
  async list(): Promise<readonly ProjectSummary[]> {
    const library = await this.library().catch(() => undefined);
    return library ? library.list() : [];
  }

  // ---- the open data set

  /** A new data set becomes a project of its own; the one that it is made of goes, where nothing was trained on it. */
  begin(dataset: AnyOpened, instead?: string): void {
    this.#take(dataset, async () => (await this.library()).create(await headOf(dataset)));
    for (const [id, { run }] of this.#dropped) if (run || !this.#isWritten(id)) this.keepModel(id);
    if (instead) void this.#replace(instead, this.#current!);
  }

  /** The bytes of both may be the same ones, and those of what was begun since: those before go once all are on the disk. */
  async #replace(id: string, by: Keeper): Promise<void> {
    let last: Keeper | undefined = by;
    while (last) {
      await last.settled();
      last = this.#current === last ? undefined : this.#current;
    }
    const keeper = this.#keepers.get(id);
    if (!keeper || keeper === this.#current || !by.done) return;
    const unused = await keeper.attempt(async (project) => project.mine && (await project.runs()).length === 0);
    if (unused) await this.remove(id).catch(() => {});
  }

  #take(dataset: AnyOpened, open: () => Promise<Project>, draft?: Draft): void {
    const { id } = dataset;
    const tell = (keep: Extract<WorkerEvent, { kind: 'keeping' }>['keep']) => {
      if (this.#current?.id === id) this.#emit({ kind: 'keeping', keep });
    };
    this.#current = new Keeper({ dataset, open, next: draft, tell });
    this.#keepers.set(id, this.#current);
  }

  /** It was edited, or pictures came. */
  changed(): void {
    this.#current?.changed();
  }

  keepDraft({ draft, queue }: Draft): void {
    this.#current?.keepDraft({ draft, queue });
    if (draft.model.kind === 'imported') this.keepModel(draft.model.id);
  }

  // ---- runs

  /** Writes a run along; `taken` where it goes on from a checkpoint. Undefined without a data set. */
  follow(run: Run, place: RunPlace | undefined, taken: boolean): RunKeeper | undefined {
    const keeper = [...this.#keepers.values()].find(({ dataset }) => dataset === run.data?.dataset.origin);
    if (!keeper) return undefined;
    void keeper.flush();
    if (run.settings.model.kind === 'imported') this.keepModel(run.settings.model.id, keeper);
    const before = this.#runs.get(run.id);
    if (before) keeper.leave(before);
    const known = place ?? this.#places.get(run.id) ?? this.#next();
    this.#places.set(run.id, known);
    const source = sourceOf(run, () => this.#places.get(run.id) ?? known);
    const kept = new RunKeeper(keeper, source, taken ? { step: run.last?.step ?? BEGINNING } : undefined);
    this.#runs.set(run.id, kept);
    return kept;
  }

  #next = (): RunPlace => ({ number: 1 + Math.max(0, ...[...this.#places.values()].map(({ number }) => number)) });

  /** What a person says of a run goes with it, also while it is still written along. */
  async place(run: string, place: RunPlace): Promise<void> {
    this.#places.set(run, place);
    const live = this.#runs.get(run);
    if (live && !live.ended) return live.changed();
    for (const keeper of this.#keepers.values())
      await keeper.attempt(async (project) => {
        const record = project.mine && (await project.run(run));
        if (record) await project.saveRun({ ...record, place });
      });
  }

  async forget(run: string): Promise<void> {
    this.#asleep.delete(run);
    this.#places.delete(run);
    this.#runs.delete(run);
    // the model that it came as may go with it
    for (const place of this.#written) if (place.endsWith(`/${run}`)) this.#written.delete(place);
    for (const keeper of this.#keepers.values()) await keeper.attempt((project) => project.forgetRun(run));
  }

  // ---- models that were dropped in

  /** Kept with the data set that is open, or with the next one that is. */
  dropped(id: string, dropped: DroppedModel): void {
    this.#dropped.set(id, dropped);
    if (dropped.run) this.#places.set(id, this.#next());
    this.keepModel(id);
  }

  private keepModel(id: string, keeper = this.#current): void {
    const dropped = this.#dropped.get(id);
    if (!dropped || !keeper) return;
    const { files, model, run } = dropped;
    const place = `${keeper.id}/${id}`;
    if (this.#written.has(place)) return;
    this.#written.add(place);
    const written = keeper.attempt(async (project) => {
      if (!project.mine) return false;
      await keeper.flush();
      await project.addImport(id, { files, summary: model.summary });
      // it may have been let go of meanwhile
      if (!this.#dropped.has(id)) await project.forgetImport(id);
      if (!run) return true;
      const record = sourceOf(run, () => this.#places.get(id) ?? this.#next()).record();
      await project.saveRun({ ...record, project: project.id });
      return true;
    });
    void written.then((done) => done || this.#written.delete(place));
  }

  /** Whether a run that has not been asked for yet came of this model. */
  uses = (model: string): boolean =>
    [...this.#asleep.values()].some(({ record }) => record.id === model || record.model.id === model);

  async forgetModel(id: string): Promise<void> {
    this.#dropped.delete(id);
    this.#models.delete(id);
    for (const place of this.#written) if (place.endsWith(`/${id}`)) this.#written.delete(place);
    for (const keeper of this.#keepers.values())
      await keeper.attempt(async (project) => project.mine && project.forgetImport(id));
  }

  #isWritten = (model: string): boolean => [...this.#written].some((place) => place.endsWith(`/${model}`));

  // ---- projects

  /** Opens a kept project: nothing is decoded, no weights are read. Throws `project-missing`. */
  async open(id: string): Promise<OpenedProject & { data: AnyOpened; kept: ReadonlySet<string> }> {
    const known = this.#keepers.get(id);
    if (known?.done) await this.#close(known);
    const live = this.#keepers.get(id);
    const project = live ? await live.project() : await (await this.library()).open(id);
    const { dataset, next, kept } = live
      ? { dataset: live.dataset as AnyOpened, next: live.next, kept: Infinity }
      : await read(project);
    if (live) this.#current = live;
    else this.#take(dataset, async () => project, next);
    live?.tell();
    for (const other of [...this.#keepers.values()]) if (other.id !== id && other.done) await this.#close(other);
    const [records, imports] = await Promise.all([project.runs(), project.imports()]);
    const runs = await Promise.all(records.map(async (record) => this.#marked(project, record, kept)));
    this.#places = new Map(runs.map(({ id, place }) => [id, place]));
    this.#asleep = new Map(runs.map((record) => [record.id, { project, record, dataset }]));
    for (const record of imports)
      this.#models.set(record.id, async () => {
        const read = await readModel(await project.readImport(record), record.id);
        if (!read) throw new ProblemError('model-missing', { file: record.summary.name });
        this.#dropped.set(record.id, read);
        return read.model;
      });
    return {
      data: dataset,
      // a data set that was not put away yet still has its runs
      kept: new Set(live ? records.map((record) => record.id) : []),
      dataset: dataset.summary(),
      draft: next?.draft,
      ...(next?.queue?.length ? { queue: next.queue } : {}),
      runs: await Promise.all(runs.map(async (record) => keptRun(record, await project.points(record.id)))),
      models: imports.map(({ summary }) => summary),
    };
  }

  /** Notes on a run that pictures which it used are missing: others may take their ids later. */
  async #marked(project: Project, record: RunRecord, kept: number): Promise<RunRecord> {
    if (record.incomplete || kept === Infinity) return record;
    const pictures = (await project.snapshot(record.id))?.labels.length ?? 0;
    if (pictures <= kept) return record;
    const marked = { ...record, incomplete: { kept, pictures } };
    if (project.mine) await project.saveRun(marked);
    return marked;
  }

  /** A run of the open project that has not been asked for yet, with its weights. */
  async recall(id: string, modelOf: (ref: ModelRef) => Promise<LoadedModel>): Promise<Run | undefined> {
    const asleep = this.#asleep.get(id);
    if (!asleep) return undefined;
    const { project, record, dataset } = asleep;
    const model = await modelOf(record.model);
    const run = record.imported ? this.#dropped.get(id)?.run : await recallRun(project, id, dataset, model);
    this.#asleep.delete(id);
    return run;
  }

  /** A model that was dropped in and is kept. */
  model(id: string): Promise<LoadedModel> | undefined {
    return this.#models.get(id)?.();
  }

  /** Throws `project-elsewhere`. Says whether it was the one that is open. */
  async remove(id: string): Promise<boolean> {
    const open = this.#current?.id === id;
    const keeper = this.#keepers.get(id);
    if (keeper) await this.#close(keeper);
    await (await this.library()).remove(id);
    if (open) this.#current = undefined;
    for (const other of this.#keepers.values()) other.retry();
    return open;
  }

  async #close(keeper: Keeper): Promise<void> {
    this.#keepers.delete(keeper.id);
    await keeper.close();
  }
}

async function read(project: Project): Promise<{ dataset: AnyOpened; next: Draft | undefined; kept: number }> {
  const found = await project.dataset();
  const dataset = found && (await reopen(found.state, found.pieces));
  if (!dataset) throw new ProblemError('project-missing');
  const { draft, queue } = found;
  return { dataset, next: draft && { draft, queue }, kept: dataset.length };
}
