import type { Batch } from '../nn/batch.ts';
import type { FeatureCache, Input } from '../nn/input.ts';
import { balancedWeights } from '../nn/losses.ts';
import type { RunSettings } from '../protocol/run.ts';
import type { ExampleSource, TaskEngine } from '../tasks/engine.ts';

/** What a run learns from. */
export interface FeedOptions {
  source: ExampleSource;
  targets: TaskEngine['targets'];
  classes: number;
  ids: { train: readonly number[]; validation: readonly number[] };
  /** Output of the frozen prefix; row i belongs to the i-th of train, then validation. */
  cache: FeatureCache | undefined;
  settings: Pick<RunSettings, 'labelSmoothing' | 'classWeights'>;
}

/** Gives the inputs and targets of a batch: pictures, or rows of the cached prefix. */
export class Feed {
  private readonly o: FeedOptions;
  private readonly rows: ReadonlyMap<number, number>;
  private readonly weights: Float32Array | undefined;

  constructor(o: FeedOptions) {
    this.o = o;
    this.rows = new Map([...o.ids.train, ...o.ids.validation].map((id, row) => [id, row]));
    if (o.settings.classWeights === 'balanced') this.weights = balancedWeights(this.labels(o.ids.train), o.classes);
  }

  async input(ids: readonly number[]): Promise<Input> {
    const { cache, source } = this.o;
    if (!cache) return { kind: 'arrays', batch: await source.inputs(ids) };
    return { kind: 'cached', cache, rows: Int32Array.from(ids, (id) => this.rows.get(id)!) };
  }

  /** With the run's label smoothing; class weights are for training alone. */
  targets(ids: readonly number[], split: 'train' | 'validation'): Batch {
    const { targets, classes, settings } = this.o;
    const weights = split === 'train' ? this.weights : undefined;
    return targets(this.labels(ids), { classes, smoothing: settings.labelSmoothing, ...(weights ? { weights } : {}) });
  }

  private labels(ids: readonly number[]): number[] {
    return ids.map((id) => this.o.source.label(id));
  }
}
