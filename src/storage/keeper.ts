import type { DatasetState, OpenedDataset } from '../data/opened-dataset.ts';
import { Latest } from '../lib/latest.ts';
import { type Problem, ProblemError, warning } from '../protocol/problems.ts';
import type { KeepState, QueuedRun } from '../protocol/project.ts';
import type { RunSettings } from '../protocol/run.ts';
import type { Project } from './project.ts';

/** An edit is on the disk so soon after it, with all that came in between. */
const EDIT_MS = 300;
/** Pictures that come one by one, from a camera, are gathered so long into one file. */
const GATHER_MS = 1000;
/** The page hears of progress at most so often. */
const TELL_MS = 250;

/** What is to be run next: the settings as they stand, and what waits. */
export interface Draft {
  draft: RunSettings;
  queue?: readonly QueuedRun[] | undefined;
}

/**
 * Keeps one open data set, as it happens and beside whatever else goes on. Where nothing can be kept it says why and
 * writes no more: the data set stays in memory, and what was kept before stays on the disk.
 */
export class Keeper {
  readonly dataset: OpenedDataset;
  next: Draft | undefined;
  problem: Problem | undefined;
  readonly #open: () => Promise<Project>;
  #opening: Promise<Project> | undefined;
  #project: Project | undefined;
  readonly #tell: (keep: KeepState) => void;
  #told = { at: Number.NEGATIVE_INFINITY, state: '' };
  #closed = false;
  readonly #begun: Promise<void>;
  /** On the disk. */
  #saved: { state?: DatasetState; next?: Draft | undefined } = {};
  readonly #state = new Latest(() => this.#saveState());
  readonly #pieces = new Latest(() => this.#savePieces());
  readonly #runs = new Set<{ retry(): void }>();

  constructor(o: {
    dataset: OpenedDataset;
    /** Asked again where it failed and there may be room now. */
    open(): Promise<Project>;
    next?: Draft | undefined;
    tell(keep: KeepState): void;
  }) {
    this.dataset = o.dataset;
    this.next = o.next;
    this.#tell = o.tell;
    this.#open = o.open;
    this.#begun = this.#begin();
  }

  get id(): string {
    return this.dataset.id;
  }

  async #begin(): Promise<void> {
    const mine = await this.attempt(async (project) => project.mine);
    if (mine === false) this.fail(warning('project-elsewhere'));
    if (!mine) return;
    this.changed();
  }

  // ---- what came

  /** The data set was edited, or pictures came. */
  changed(): void {
    if (this.problem) return;
    this.#state.ask(EDIT_MS);
    const kept = this.#project?.pieces ?? 0;
    if (this.dataset.pieces.length > kept) this.#pieces.ask(kept > 0 ? GATHER_MS : 0);
    this.tell();
  }

  keepDraft(next: Draft): void {
    this.next = next;
    if (!this.problem) this.#state.ask(EDIT_MS);
  }

  /** A run that is written along; it hears when there is room again. */
  join(run: { retry(): void }): void {
    this.#runs.add(run);
  }
  leave(run: { retry(): void }): void {
    this.#runs.delete(run);
  }

  /** Edits and settings so far are on the disk when this resolves; pieces may still be on their way. */
  async flush(): Promise<void> {
    await this.#state.flush();
  }

  /** Everything so far is on the disk when this resolves, where it can be. */
  async settled(): Promise<void> {
    await this.#begun;
    await this.#pieces.flush();
    await this.#state.flush();
  }

  /** There may be room again. */
  retry(): void {
    if (this.problem?.code !== 'storage-full') return;
    this.problem = undefined;
    this.changed();
    for (const run of this.#runs) run.retry();
  }

  /** Nothing more is written, and another tab may have the project. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#pieces.cancel();
    await Promise.all([this.#state.flush(), this.#pieces.flush()]);
    this.#project?.close();
  }

  /** Whether everything is on the disk, pieces too. */
  get done(): boolean {
    return !this.problem && this.#share === 1 && !this.#dirty;
  }

  // ---- doing it

  /** Something is written or read; a failure switches keeping off, and gives undefined. */
  async attempt<T>(work: (project: Project) => Promise<T>): Promise<T | undefined> {
    if (this.problem) return undefined;
    try {
      this.#project = await this.project();
      return await work(this.#project);
    } catch (error) {
      if (!this.#closed) this.fail(await problemOf(error, this.#project !== undefined));
      return undefined;
    }
  }

  /** Rejects where it could not be opened. */
  project(): Promise<Project> {
    this.#opening ??= this.#open().catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  fail(problem: Problem): void {
    this.problem = problem;
    this.tell();
  }

  async #saveState(): Promise<void> {
    const { dataset, next } = this;
    const { state } = dataset;
    await this.attempt(async (project) => {
      await project.saveState(state, next);
      this.#saved = { state, next };
    });
    this.tell();
  }

  get #dirty(): boolean {
    return this.#saved.state !== this.dataset.state || this.#saved.next !== this.next;
  }

  /** Segment by segment; the pieces are then read from the disk, and the memory that they took is free. */
  async #savePieces(): Promise<void> {
    // the record of the project itself comes first
    await this.#state.flush();
    let more = true;
    while (more && !this.#closed) {
      more = Boolean(
        await this.attempt(async (project) => {
          const from = project.pieces;
          if (from >= this.dataset.pieces.length) return false;
          const moved = await project.addPieces(this.dataset.pieces);
          for (const [i, piece] of moved.entries()) this.dataset.moved(from + i, piece);
          return true;
        }),
      );
      this.tell();
    }
  }

  // ---- saying so

  get #share(): number {
    const { length } = this.dataset.pieces;
    return length > 0 ? Math.min(1, (this.#project?.pieces ?? 0) / length) : 1;
  }

  /** Tells the page; progress only now and then. */
  tell(): void {
    if (this.#closed) return;
    const done = this.#share;
    const state = this.problem ? 'off' : done < 1 || this.#dirty ? 'saving' : 'kept';
    const now = performance.now();
    if (state === this.#told.state && now - this.#told.at < TELL_MS) return;
    this.#told = { at: now, state };
    this.#tell({ project: this.id, state, done, ...(this.problem ? { problem: this.problem } : {}) });
  }
}

/** What a failure of the storage means to the person. Before the project was open, the browser gives no storage at all. */
async function problemOf(error: unknown, opened: boolean): Promise<Problem> {
  if (error instanceof ProblemError) return { ...error.problem, severity: 'warning' };
  if (error instanceof DOMException && error.name === 'QuotaExceededError') {
    const { usage = 0, quota = 0 } = await navigator.storage.estimate();
    return warning('storage-full', { usedBytes: usage, availableBytes: Math.max(0, quota - usage) });
  }
  if (!opened) return warning('storage-private');
  console.error(error);
  return warning('storage-failed', { message: error instanceof Error ? error.message : String(error) });
}
