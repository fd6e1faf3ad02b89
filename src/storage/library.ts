import { heldLocks, takeLock } from '../lib/locks.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { ProjectSummary } from '../protocol/project.ts';
import { type Database, openDatabase, within } from './database.ts';
import { type Disk, originDisk } from './disk.ts';
import { Project } from './project.ts';
import { CHECKPOINTS, type ProjectRecord } from './records.ts';
import { STORES } from './schema.ts';

/** How long a page that was just loaded anew may take to let go of its project. */
const PATIENCE_MS = 400;

const lockOf = (project: string): string => `tuning-fork/project/${project}`;

/** Everything that this browser keeps: one project for each data set that was opened. */
export class Library {
  readonly #db: Database;
  readonly #disk: Disk;
  /** Whose locks this tab holds. */
  readonly #own = new Set<string>();

  constructor(db: Database, disk: Disk) {
    this.#db = db;
    this.#disk = disk;
  }

  /** Throws where the browser keeps nothing, as in some private windows. */
  static async open(): Promise<Library> {
    const [disk, db] = await Promise.all([originDisk(), openDatabase()]);
    return new Library(db, disk);
  }

  /** Newest first. */
  async list(): Promise<ProjectSummary[]> {
    const [records, held] = await Promise.all([this.#db.getAll('projects'), heldLocks()]);
    return records
      .sort((a, b) => b.savedAt - a.savedAt)
      .map(({ cover, pieces: _, ...record }) => ({
        ...record,
        thumbnails: cover.map(({ type, bytes }) => new Blob([bytes], { type })),
        openElsewhere: held.has(lockOf(record.id)) && !this.#own.has(record.id),
      }));
  }

  /** A new project, whose record is written with the first thing that is kept. */
  async create(head: Pick<ProjectRecord, 'id' | 'name' | 'kind' | 'examples' | 'classes' | 'cover'>): Promise<Project> {
    const release = await this.#take(head.id);
    if (!release) throw new ProblemError('project-elsewhere');
    const folder = await this.#disk.folder(head.id).catch((error: unknown) => {
      release();
      throw error;
    });
    const record = { ...head, pieces: 0, runs: 0, bytes: 0, savedAt: Date.now() };
    return new Project({ db: this.#db, folder, head: record, release });
  }

  /** One that is kept, for reading alone where another tab has it. Throws `project-missing`. */
  async open(id: string): Promise<Project> {
    const release = await this.#take(id, PATIENCE_MS);
    const head = await this.#db.get('projects', id);
    if (!head) {
      release?.();
      throw new ProblemError('project-missing');
    }
    return new Project({ db: this.#db, folder: await this.#disk.folder(id), head, release });
  }

  /** The caller has closed it. Throws `project-elsewhere` where another tab has it. */
  async remove(id: string): Promise<void> {
    const release = await this.#take(id, PATIENCE_MS);
    if (!release) throw new ProblemError('project-elsewhere');
    try {
      const writing = this.#db.transaction(STORES, 'readwrite', { durability: 'strict' });
      const gone = STORES.map((store) =>
        writing.objectStore(store).delete(store === 'projects' || store === 'states' ? id : within(id)),
      );
      await Promise.all([writing.done, ...gone]);
      await this.#disk.remove(id);
    } finally {
      release();
    }
  }

  /** Removes the files that no record points to: what a crash left. Projects that a tab has open are let alone. */
  async sweep(): Promise<void> {
    for (const id of await this.#disk.projects()) {
      if (this.#own.has(id)) continue;
      const release = await this.#take(id);
      if (!release) continue;
      try {
        await this.#sweepProject(id);
      } finally {
        release();
      }
    }
  }

  async #sweepProject(id: string): Promise<void> {
    if (!(await this.#db.get('projects', id))) return this.#disk.remove(id);
    const [segments, runs, imports] = await Promise.all([
      this.#db.getAll('segments', within(id)),
      this.#db.getAll('runs', within(id)),
      this.#db.getAll('imports', within(id)),
    ]);
    const checkpoints = runs.flatMap((run) => CHECKPOINTS.flatMap((which) => run[which] ?? []));
    const used = new Set(
      [...segments, ...checkpoints, ...imports.flatMap(({ files }) => files)].map(({ file }) => file),
    );
    const folder = await this.#disk.folder(id);
    for (const name of await folder.names()) if (!used.has(name)) await folder.remove(name);
  }

  async #take(id: string, waitMs?: number): Promise<(() => void) | undefined> {
    const release = await takeLock(lockOf(id), waitMs);
    if (!release) return undefined;
    this.#own.add(id);
    return () => {
      this.#own.delete(id);
      release();
    };
  }
}
