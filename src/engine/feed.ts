import type { Batch, DeviceBatch } from '../nn/batch.ts';
import type { FeatureCache, Input } from '../nn/input.ts';
import { balancedWeights, type Partners } from '../nn/losses.ts';
import { augments } from '../protocol/augmentation.ts';
import type { RunSettings } from '../protocol/run.ts';
import type { ExampleSource } from '../tasks/engine.ts';
import type { Resident } from './resident.ts';
import { CachedViews, cachedRows, type Partner, partnersOf, rowOrder, type ViewSettings } from './views.ts';

/** What a run learns from. */
export interface FeedOptions {
  source: ExampleSource;
  classes: number;
  ids: { train: readonly number[]; validation: readonly number[] };
  /** Output of the frozen prefix: the rows of `CachedViews`, then those of validation. */
  cache: FeatureCache | undefined;
  /** Examples that stay on the device as they are, where nothing is cached. */
  resident?: Pick<Resident, 'inputs' | 'bytes'> | undefined;
  settings: Pick<RunSettings, 'labelSmoothing' | 'classWeights'> & ViewSettings;
}

export interface Fed {
  input: Input;
  targets: Batch;
  /** What the loss is a mean over. */
  count: number;
}

/** Gives the inputs and targets of a batch: arrays, or rows of the cached prefix. Only training examples are augmented. */
export class Feed {
  private readonly o: FeedOptions;
  private readonly weights: Float32Array | undefined;
  private readonly views: CachedViews;
  private readonly validationRows: ReadonlyMap<number, number>;

  constructor(o: FeedOptions) {
    this.o = o;
    const { ids, settings } = o;
    this.views = new CachedViews(ids.train, settings, o.source);
    const before = cachedRows(settings, { train: ids.train.length, validation: 0 });
    const validation = rowOrder(o.source, ids.validation);
    this.validationRows = new Map(validation.map((id, i) => [id, before + i]));
    if (settings.classWeights === 'balanced') this.weights = balancedWeights(this.labels(ids.train), o.classes);
  }

  /** A batch of an epoch, from 1; `first` is the place of its first example in the order of the epoch. */
  async training(ids: readonly number[], epoch: number, first: number): Promise<Fed> {
    const { cache, source, settings } = this.o;
    if (cache) {
      const entries = this.views.at(epoch);
      const rows = Int32Array.from(ids, (id) => entries.get(id)!.row);
      const partners = ids.map((id) => entries.get(id)!.partner);
      return { input: { kind: 'cached', cache, rows }, ...this.targets(ids, this.weights, partners) };
    }
    if (!augments(settings.augmentation))
      return { input: { kind: 'arrays', batch: await this.inputs(ids) }, ...this.targets(ids, this.weights) };
    const augmented = source.augmented(settings.augmentation, { seed: settings.seed, view: epoch - 1, ids, first });
    const batch = await (augmented.inputs?.() ?? this.inputs(ids));
    const targets = this.targets(ids, this.weights, partnersOf(augmented, ids));
    return { input: { kind: 'arrays', batch, augment: augmented.augment }, ...targets };
  }

  /** Class weights are for training alone. */
  async validation(ids: readonly number[]): Promise<Fed> {
    const { cache } = this.o;
    const targets = this.targets(ids);
    if (!cache) return { input: { kind: 'arrays', batch: await this.inputs(ids) }, ...targets };
    const rows = Int32Array.from(ids, (id) => this.validationRows.get(id)!);
    return { input: { kind: 'cached', cache, rows }, ...targets };
  }

  private inputs(ids: readonly number[]): Promise<DeviceBatch> {
    const { resident, source } = this.o;
    return resident ? resident.inputs(ids) : source.inputs(ids);
  }

  /** With the run's label smoothing. */
  private targets(
    ids: readonly number[],
    weights?: Float32Array,
    partners: readonly (Partner | undefined)[] = [],
  ): { targets: Batch; count: number } {
    const { source, classes, settings } = this.o;
    const { batch, count } = source.targets(ids, {
      classes,
      smoothing: settings.labelSmoothing,
      ...(weights ? { weights } : {}),
      partners: partners.some(Boolean) ? this.mixed(ids, partners) : undefined,
    });
    return { targets: batch, count };
  }

  private mixed(ids: readonly number[], partners: readonly (Partner | undefined)[]): Partners {
    return {
      labels: this.labels(partners.map((partner, i) => partner?.id ?? ids[i]!)),
      shares: partners.map((partner) => partner?.share ?? 1),
    };
  }

  private labels(ids: readonly number[]): number[] {
    return ids.map((id) => this.o.source.label(id));
  }
}
