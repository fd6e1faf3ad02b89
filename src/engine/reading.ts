import { batchesOf, byLength, epochOrder, groupsOf } from '../data/batches.ts';
import { readAhead } from '../lib/read-ahead.ts';
import type { FeatureCache } from '../nn/input.ts';
import { bucketsOf } from './examples.ts';
import { type Fed, Feed } from './feed.ts';
import { VALIDATION_BATCH } from './memory.ts';
import type { TrainingJob } from './training-job.ts';

/** A batch of an epoch, and the place of its first example in the order of the epoch. */
export interface Place {
  batch: readonly number[];
  epoch: number;
  first: number;
}

/** What was read before it is used. */
interface Ahead {
  feed: Feed;
  fed: Fed;
}

/** What a run reads: the batches of its epochs and of its validation set, each ahead of its use. */
export class Reading {
  private readonly job: TrainingJob;
  private feed: Feed;
  /** The frozen prefix's output, as long as nothing in it has moved. */
  private cache: FeatureCache | undefined;

  constructor(job: TrainingJob) {
    this.job = job;
    this.cache = job.cache;
    this.feed = new Feed(job);
  }

  /** The batches of each optimizer step of an epoch, from 1, in an order drawn from the seed. */
  stepsOf(epoch: number): Place[][] {
    const { settings, ids, source } = this.job;
    const { batchSize, seed } = settings;
    const learned = this.job.learned?.(epoch) ?? ids.train;
    const order = epochOrder(learned.length, seed, epoch, bucketsOf(source, learned, batchSize));
    const batches = [...batchesOf(learned, batchSize, order)];
    const places = batches.map((batch, i) => ({ batch, epoch, first: i * batchSize }));
    return [...groupsOf(places, settings.accumulate)];
  }

  /** In the order of the steps, one batch at a time. */
  ahead(steps: readonly (readonly Place[])[]): AsyncGenerator<Ahead, void> {
    return readAhead(steps.flat(), (place) => this.read(place));
  }

  /** What was read ahead, or the same anew where it is given in another way since: behind stages that move now. */
  async next(ahead: AsyncGenerator<Ahead, void>, place: Place): Promise<Fed> {
    const { value } = await ahead.next();
    const { fed } = value?.feed === this.feed ? value : await this.read(place);
    return fed;
  }

  private async read({ batch, epoch, first }: Place): Promise<Ahead> {
    const { feed } = this;
    return { feed, fed: await feed.training(batch, epoch, first) };
  }

  /** The whole validation set, like lengths together. */
  validation(): AsyncGenerator<Fed & { batch: readonly number[] }, void> {
    const { ids, source, settings } = this.job;
    const { feed } = this;
    const batches = batchesOf(byLength(ids.validation, source.length), Math.max(settings.batchSize, VALIDATION_BATCH));
    return readAhead(batches, async (batch) => ({ batch, ...(await feed.validation(batch)) }));
  }

  /** Stages from this one on move: what was kept behind a prefix that reaches further is worth nothing now. */
  movesFrom(boundary: number): void {
    if (!this.cache || boundary >= this.cache.boundary) return;
    this.cache = undefined;
    this.feed = new Feed({ ...this.job, cache: undefined });
  }
}
