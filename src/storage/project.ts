import type { DatasetState, Piece } from '../data/opened-dataset.ts';
import type { Release } from '../lib/locks.ts';
import type { DroppedFile } from '../protocol/dataset.ts';
import type { ModelSummary } from '../protocol/model.ts';
import type { QueuedRun } from '../protocol/project.ts';
import { emptyStatus, type RunSettings, type StepMetrics } from '../protocol/run.ts';
import { withDefaults } from '../protocol/settings.ts';
import { type Database, type Writing, within } from './database.ts';
import type { Folder } from './disk.ts';
import { toColumns, toPoints } from './points.ts';
import {
  CHECKPOINTS,
  type CheckpointRecord,
  type ImportRecord,
  type ProjectRecord,
  type RunRecord,
  type SnapshotRecord,
} from './records.ts';
import type { StoreName } from './schema.ts';
import { readSegments, segmentLength, writeSegment } from './segments.ts';
import { readTensors, type Tensors, tensorBytes } from './tensors.ts';

export interface KeptDataset {
  state: DatasetState;
  draft: RunSettings | undefined;
  queue: readonly QueuedRun[];
  pieces: Piece[];
}

/**
 * One project on the disk. Bytes are written and flushed before the record that points to them is committed, and a
 * file goes only after no record points to it: whatever happens in between, the records before hold.
 */
export class Project {
  readonly id: string;
  readonly #db: Database;
  readonly #folder: Folder;
  readonly #release: Release | undefined;
  #head: ProjectRecord;
  readonly #runs = new Map<string, RunRecord>();

  /** Without `release`, another tab has it: it can be read and must not be written. */
  constructor(o: { db: Database; folder: Folder; head: ProjectRecord; release: Release | undefined }) {
    this.id = o.head.id;
    this.#db = o.db;
    this.#folder = o.folder;
    this.#head = o.head;
    this.#release = o.release;
  }

  get mine(): boolean {
    return this.#release !== undefined;
  }
  /** Pieces that are kept. */
  get pieces(): number {
    return this.#head.pieces;
  }

  /** Lets another tab have it. */
  close(): void {
    this.#release?.();
  }

  // ---- the data set

  /** Labels, exclusions, classes, splits and the next run's settings. */
  saveState(
    state: DatasetState,
    next: { draft: RunSettings; queue?: readonly QueuedRun[] | undefined } | undefined,
  ): Promise<void> {
    const { name, classes, labels } = state;
    return this.#commit(['states'], { name, classes: classes.length, examples: labels.length }, (writing) => [
      writing.objectStore('states').put({ project: this.id, state, draft: next?.draft, queue: next?.queue }),
    ]);
  }

  /** Keeps the next pieces, as many as go into a segment; gives where their bytes lie now. */
  async addPieces(all: readonly Piece[]): Promise<Piece[]> {
    const from = this.pieces;
    const some = all.slice(from, from + segmentLength(all.slice(from)));
    const { record, moved, bytes } = await writeSegment(this.#folder, { project: this.id, from, pieces: some });
    await this.#commit(['segments'], { pieces: from + some.length, bytes: this.#head.bytes + bytes }, (writing) => [
      writing.objectStore('segments').put(record),
    ]);
    return moved;
  }

  /** What was kept of the data set; the last of its pieces may be missing. */
  async dataset(): Promise<KeptDataset | undefined> {
    const [kept, segments] = await Promise.all([
      this.#db.get('states', this.id),
      this.#db.getAll('segments', within(this.id)),
    ]);
    if (!kept) return undefined;
    const pieces = await readSegments(this.#folder, segments);
    this.#head = { ...this.#head, pieces: pieces.length };
    const { state, draft, queue = [] } = kept;
    return {
      state,
      draft: draft && withDefaults(draft),
      queue: queue.map((queued) => ({ ...queued, settings: withDefaults(queued.settings) })),
      pieces,
    };
  }

  // ---- runs

  /** Oldest first. */
  async runs(): Promise<RunRecord[]> {
    const records = (await this.#db.getAll('runs', within(this.id))).map(upToDate);
    for (const record of records) this.#runs.set(record.id, record);
    return records.sort((a, b) => a.place.number - b.place.number);
  }

  /** As it stands on the disk now. */
  async run(id: string): Promise<RunRecord | undefined> {
    const record = await this.#db.get('runs', [this.id, id]);
    return record && upToDate(record);
  }

  snapshot(run: string): Promise<SnapshotRecord | undefined> {
    return this.#db.get('snapshots', [this.id, run]);
  }

  async points(run: string): Promise<StepMetrics[]> {
    return (await this.#db.getAll('points', within(this.id, run))).flatMap(toPoints);
  }

  /** Writes a checkpoint's tensors to a new file; it counts once a run's record points to it. */
  async writeTensors(tensors: Tensors): Promise<{ file: string; bytes: number }> {
    const file = `checkpoint-${crypto.randomUUID()}`;
    const { size } = await this.#folder.write(file, tensorBytes(tensors));
    return { file, bytes: size };
  }

  /** Throws `model-damaged`, or a `NotFoundError` where another tab has written a newer one. */
  async readTensors(file: string): Promise<Tensors> {
    return readTensors(await this.#folder.open(file));
  }

  /** Replaces a run's record, and puts its newest points, `from` the place of the first, behind those that are kept. */
  async saveRun(
    record: RunRecord,
    more: { snapshot?: SnapshotRecord | undefined; points?: { from: number; points: readonly StepMetrics[] } } = {},
  ): Promise<void> {
    const before = this.#runs.get(record.id);
    this.#runs.set(record.id, record);
    const bytes = this.#head.bytes + bytesOf(record) - (before ? bytesOf(before) : 0);
    const { snapshot, points } = more;
    await this.#commit(['runs', 'snapshots', 'points'], { runs: this.#runs.size, bytes }, (writing) => [
      writing.objectStore('runs').put(record),
      ...(snapshot ? [writing.objectStore('snapshots').put(snapshot)] : []),
      ...(points?.points.length
        ? [
            writing
              .objectStore('points')
              .put({ project: this.id, run: record.id, from: points.from, ...toColumns(points.points) }),
          ]
        : []),
    ]);
    const used = filesOf(record);
    for (const file of before ? filesOf(before) : []) if (!used.has(file)) await this.#folder.remove(file);
  }

  /** Takes back the points after a step; gives how many are left. */
  async rewind(run: string, step: number): Promise<number> {
    const points = (await this.points(run)).filter((point) => point.step <= step);
    await this.#commit(['points'], {}, (writing) => [
      writing.objectStore('points').delete(within(this.id, run)),
      writing.objectStore('points').put({ project: this.id, run, from: 0, ...toColumns(points) }),
    ]);
    return points.length;
  }

  async forgetRun(id: string): Promise<void> {
    const record = this.#runs.get(id) ?? (await this.run(id));
    if (!record) return;
    this.#runs.delete(id);
    const bytes = this.#head.bytes - bytesOf(record);
    await this.#commit(['runs', 'snapshots', 'points'], { runs: this.#runs.size, bytes }, (writing) => [
      writing.objectStore('runs').delete([this.id, id]),
      writing.objectStore('snapshots').delete([this.id, id]),
      writing.objectStore('points').delete(within(this.id, id)),
    ]);
    await this.forgetImport(id);
    for (const file of filesOf(record)) await this.#folder.remove(file);
  }

  // ---- models that were dropped in

  /** Kept once, however often it is asked for. */
  async addImport(id: string, dropped: { files: readonly DroppedFile[]; summary: ModelSummary }): Promise<void> {
    if (await this.#db.get('imports', [this.id, id])) return;
    const files: { path: string; file: string }[] = [];
    let bytes = 0;
    for (const { path, file: blob } of dropped.files) {
      const file = `model-${crypto.randomUUID()}`;
      bytes += (await this.#folder.write(file, blocksOf(blob))).size;
      files.push({ path, file });
    }
    await this.#commit(['imports'], { bytes: this.#head.bytes + bytes }, (writing) => [
      writing.objectStore('imports').put({ project: this.id, id, files, bytes, summary: dropped.summary }),
    ]);
  }

  imports(): Promise<ImportRecord[]> {
    return this.#db.getAll('imports', within(this.id));
  }

  /** Nothing of the files is read. */
  readImport({ files }: ImportRecord): Promise<DroppedFile[]> {
    return Promise.all(files.map(async ({ path, file }) => ({ path, file: await this.#folder.open(file) })));
  }

  /** It stays where a run may have begun with it. */
  async forgetImport(id: string): Promise<void> {
    const imported = await this.#db.get('imports', [this.id, id]);
    if (!imported || [...this.#runs.values()].some(({ model }) => model.id === id)) return;
    await this.#commit(['imports'], { bytes: this.#head.bytes - imported.bytes }, (writing) => [
      writing.objectStore('imports').delete([this.id, id]),
    ]);
    for (const { file } of imported.files) await this.#folder.remove(file);
  }

  /** All or nothing, on the disk when it resolves; the project's own record goes with it. */
  async #commit(
    stores: readonly StoreName[],
    patch: Partial<ProjectRecord>,
    work: (writing: Writing) => Promise<unknown>[],
  ): Promise<void> {
    if (!this.mine) throw new Error('another tab has this project');
    const writing = this.#db.transaction(['projects', ...stores], 'readwrite', { durability: 'strict' });
    const before = this.#head;
    this.#head = { ...before, ...patch, savedAt: Date.now() };
    try {
      await Promise.all([writing.done, ...work(writing), writing.objectStore('projects').put(this.#head)]);
    } catch (error) {
      const undone = Object.fromEntries(Object.keys(patch).map((key) => [key, before[key as keyof ProjectRecord]]));
      this.#head = { ...this.#head, ...undone };
      throw error;
    }
  }
}

/** A model has hundreds of megabytes: so many bytes of it are in memory at once. */
const BLOCK = 16 * 2 ** 20;

async function* blocksOf(blob: Blob): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < blob.size; from += BLOCK)
    yield new Uint8Array(await blob.slice(from, from + BLOCK).arrayBuffer());
}

/** A run that an earlier version kept lacks what came since. */
const upToDate = (record: RunRecord): RunRecord => ({
  ...record,
  settings: withDefaults(record.settings),
  status: { ...emptyStatus(record.id, record.settings.epochs, ''), ...record.status },
});

const checkpointsOf = (record: RunRecord): readonly CheckpointRecord[] => [
  ...CHECKPOINTS.flatMap((which) => record[which] ?? []),
  ...(record.checkpoints ?? []),
];

const filesOf = (record: RunRecord): Set<string> => new Set(checkpointsOf(record).map(({ file }) => file));

function bytesOf(record: RunRecord): number {
  const sizes = new Map(checkpointsOf(record).map(({ file, bytes }) => [file, bytes]));
  return [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
}
