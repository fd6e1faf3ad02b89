import { Latest } from '../lib/latest.ts';
import type { StepMetrics } from '../protocol/run.ts';
import type { Keeper } from './keeper.ts';
import type { Project } from './project.ts';
import { CHECKPOINTS, type CheckpointRecord, type RunRecord, type SnapshotRecord } from './records.ts';
import type { Tensors } from './tensors.ts';

/** Curves and status are on the disk so soon. */
const SAVE_MS = 1000;
/** Checkpoints are written at most so often while the run goes on… */
const CHECKPOINT_MS = 5000;
/** …and take at most a twentieth of the time. */
const SHARE = 20;

/** What a run can be taken up from. */
export interface KeptCheckpoint extends Omit<CheckpointRecord, 'file' | 'bytes'> {
  state: Tensors;
}

/** A run as it stands whenever it is looked at. */
export interface KeptSource {
  record(): Omit<RunRecord, 'project' | 'last' | 'best' | 'checkpoints'>;
  snapshot: Omit<SnapshotRecord, 'project' | 'run'> | undefined;
  readonly last: KeptCheckpoint | undefined;
  readonly best: KeptCheckpoint | undefined;
  /** Those that somebody asked for, oldest first. */
  readonly asked: readonly KeptAsked[];
}

/** A checkpoint whose tensors are read from the disk once they are there. */
export interface KeptAsked extends Omit<KeptCheckpoint, 'state'> {
  load(): Promise<Tensors>;
}

/**
 * Writes one run along: its curves, its status, the last and the best checkpoint, which always fit each other, and at once
 * each that somebody asked for.
 */
export class RunKeeper {
  readonly #keeper: Keeper;
  readonly #source: KeptSource;
  readonly #saving = new Latest(() => this.#save());
  #points: StepMetrics[] = [];
  /** Points on the disk. */
  #from = 0;
  #snapshot: boolean;
  #ended = false;
  #checkpointAt = 0;
  /** Where the checkpoints on the disk lie. */
  #files = new Map<KeptCheckpoint, CheckpointRecord>();
  #asked = new Map<KeptAsked, CheckpointRecord>();

  /** `taken`: the run goes on, from that step; its record and the checkpoints that it has are on the disk. */
  constructor(keeper: Keeper, source: KeptSource, taken?: { step: number }) {
    this.#keeper = keeper;
    this.#source = source;
    this.#snapshot = taken !== undefined;
    if (taken) this.#before = this.#rewind(taken.step);
    keeper.join(this);
    this.#saving.ask();
  }
  #before: Promise<void> = Promise.resolve();

  /** What was kept after the step comes again; the checkpoints stay what they are. */
  async #rewind(step: number): Promise<void> {
    await this.#keeper.attempt(async (project) => {
      const record = await project.run(this.#source.record().id);
      for (const which of CHECKPOINTS) {
        const [checkpoint, file] = [this.#source[which], record?.[which]];
        if (checkpoint && file?.step === checkpoint.step) this.#files.set(checkpoint, file);
      }
      for (const asked of this.#source.asked) {
        const file = record?.checkpoints?.find((one) => one.step === asked.step);
        if (file) this.#asked.set(asked, file);
      }
      this.#snapshot = record !== undefined;
      this.#from = await project.rewind(this.#source.record().id, step);
    });
  }

  point(point: StepMetrics): void {
    this.#points.push(point);
    this.#saving.ask(SAVE_MS);
  }

  /** Something else about the run is new. */
  changed(): void {
    this.#saving.ask(SAVE_MS);
  }

  retry(): void {
    this.#saving.ask();
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** It is over and wholly on the disk when this resolves, where it can be kept. */
  async end(): Promise<void> {
    this.#ended = true;
    this.#saving.ask();
    await this.#saving.flush();
    if (!this.#keeper.problem) this.#keeper.leave(this);
  }

  async #save(): Promise<void> {
    await this.#before;
    await this.#keeper.attempt(async (project) => {
      // all of one moment: what comes while files are written waits for the next time
      const { last, best } = this.#source;
      const asked = [...this.#source.asked];
      const record = this.#source.record();
      const points = [...this.#points];
      const discarded = record.status.finish === 'stop-discard';
      const due = this.#ended || performance.now() >= this.#checkpointAt || asked.some((one) => !this.#asked.has(one));
      if (due && !discarded) await this.#saveCheckpoints(project, [last, best]);
      if (!discarded) await this.#saveAsked(project, asked);
      const kept = this.#pair(discarded ? [] : due ? [last, best] : this.#paired);
      const checkpoints = discarded ? [] : asked.flatMap((one) => this.#asked.get(one) ?? []);
      const snapshot = this.#source.snapshot;
      await project.saveRun(
        { ...record, ...kept, ...(checkpoints.length > 0 ? { checkpoints } : {}), project: project.id },
        {
          points: { from: this.#from, points },
          ...(snapshot && !this.#snapshot ? { snapshot: { ...snapshot, project: project.id, run: record.id } } : {}),
        },
      );
      this.#snapshot = true;
      this.#from += points.length;
      this.#points = this.#points.slice(points.length);
      // a run that is paused says nothing more that would bring its newest checkpoint here
      if (last && !discarded && !this.#files.has(last))
        this.#saving.ask(Math.max(0, this.#checkpointAt - performance.now()));
    });
  }

  #paired: readonly (KeptCheckpoint | undefined)[] = [];

  async #saveCheckpoints(project: Project, pair: readonly (KeptCheckpoint | undefined)[]): Promise<void> {
    const started = performance.now();
    const files = new Map<KeptCheckpoint, CheckpointRecord>();
    const fresh = pair.some((checkpoint) => checkpoint && !this.#files.has(checkpoint));
    for (const checkpoint of pair) {
      if (!checkpoint || files.has(checkpoint)) continue;
      const { state, ...rest } = checkpoint;
      files.set(checkpoint, this.#files.get(checkpoint) ?? { ...rest, ...(await project.writeTensors(state)) });
    }
    this.#files = files;
    this.#paired = pair;
    const now = performance.now();
    if (fresh) this.#checkpointAt = now + Math.max(CHECKPOINT_MS, SHARE * (now - started));
  }

  /** The last checkpoint may be one of them: then its file serves both. Of what is written the memory is free. */
  async #saveAsked(project: Project, all: readonly KeptAsked[]): Promise<void> {
    const kept = new Map<KeptAsked, CheckpointRecord>();
    for (const asked of all) {
      const known = this.#asked.get(asked);
      if (known) {
        kept.set(asked, known);
        continue;
      }
      const { load, ...rest } = asked;
      const state = await load();
      const shared = [...this.#files].find(([checkpoint]) => checkpoint.state === state);
      const record = shared?.[1] ?? { ...rest, ...(await project.writeTensors(state)) };
      kept.set(asked, record);
      asked.load = () => project.readTensors(record.file);
    }
    this.#asked = kept;
  }

  #pair([last, best]: readonly (KeptCheckpoint | undefined)[]): Pick<RunRecord, 'last' | 'best'> {
    const [lastFile, bestFile] = [last && this.#files.get(last), best && this.#files.get(best)];
    return { ...(lastFile ? { last: lastFile } : {}), ...(bestFile ? { best: bestFile } : {}) };
  }
}
