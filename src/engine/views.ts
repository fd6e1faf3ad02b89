import { batchesOf, byLength, epochOrder } from '../data/batches.ts';
import type { Occasion } from '../nn/augment/mix.ts';
import { augments, cachedViews } from '../protocol/augmentation.ts';
import type { RunSettings } from '../protocol/run.ts';
import type { Augmented, ExampleSource } from '../tasks/engine.ts';
import { bucketsOf } from './examples.ts';

/** Examples that go through the prefix together: enough to fill the device, few enough for the memory of early stages. */
export const PREFIX_BATCH = 16;

export type ViewSettings = Pick<RunSettings, 'augmentation' | 'seed' | 'epochs'>;

/** Rows of a cached prefix: every view of each training example, then the validation examples as they are. */
export const cachedRows = (o: ViewSettings, examples: { train: number; validation: number }): number =>
  cachedViews(o) * examples.train + examples.validation;

/**
 * The training examples of one view in the order in which they go through the prefix, which is that of the first epoch
 * that uses the view: so a run with as many views as epochs sees what it would see without a cache.
 */
export function* occasionsOf(
  source: ExampleSource,
  ids: readonly number[],
  { seed }: ViewSettings,
  view: number,
): Generator<Occasion> {
  const order = epochOrder(ids.length, seed, view + 1, bucketsOf(source, ids, PREFIX_BATCH));
  let first = 0;
  for (const batch of batchesOf(ids, PREFIX_BATCH, order)) {
    yield { seed, view, ids: batch, first };
    first += batch.length;
  }
}

export interface Partner {
  id: number;
  /** What the example itself keeps. */
  share: number;
}

/** Whom each example was mixed with. */
export const partnersOf = ({ mix }: Augmented, ids: readonly number[]): (Partner | undefined)[] =>
  ids.map((_, i) => mix && { id: ids[mix.partners[i]!]!, share: mix.shares[i]! });

/** The order in which examples go through the prefix where nothing is drawn: their rows in the cache. */
export const rowOrder = ({ length }: ExampleSource, ids: readonly number[]): readonly number[] => byLength(ids, length);

/** Where the training examples' rows are in the cache, and whom they were mixed with. Rows do not change between epochs; views do. */
export class CachedViews {
  private readonly ids: readonly number[];
  private readonly o: ViewSettings;
  private readonly source: ExampleSource;
  private view = -1;
  private entries = new Map<number, { row: number; partner: Partner | undefined }>();

  constructor(ids: readonly number[], o: ViewSettings, source: ExampleSource) {
    this.ids = ids;
    this.o = o;
    this.source = source;
  }

  /** What an epoch, from 1, sees of each example: one view after the other, and then the first again. */
  at(epoch: number): ReadonlyMap<number, { row: number; partner: Partner | undefined }> {
    const view = (epoch - 1) % cachedViews(this.o);
    if (view !== this.view) {
      this.view = view;
      this.entries = this.read(view);
    }
    return this.entries;
  }

  private read(view: number) {
    const entries: typeof this.entries = new Map();
    let row = view * this.ids.length;
    if (!augments(this.o.augmentation)) {
      for (const id of rowOrder(this.source, this.ids)) entries.set(id, { row: row++, partner: undefined });
      return entries;
    }
    for (const occasion of occasionsOf(this.source, this.ids, this.o, view)) {
      const partners = partnersOf(this.source.augmented(this.o.augmentation, occasion), occasion.ids);
      for (const [i, id] of occasion.ids.entries()) entries.set(id, { row: row++, partner: partners[i] });
    }
    return entries;
  }
}
