import { seedOf, shuffled } from '../lib/random.ts';

/** Batches whose examples are sorted by length together: enough that like find like, few enough that epochs differ. */
const WINDOW = 32;

/** Examples that differ in length, and how many of them go together. */
export interface Buckets {
  /** Of the example at each place. */
  lengths: ArrayLike<number>;
  batchSize: number;
}

/**
 * The order of one epoch: 0..count-1, drawn from (seed, epoch). With `buckets` what stands together in a batch is of like
 * length, so that little is padding: within windows of 32 batches of the drawn order examples are sorted by length, and the
 * batches then come in an order that is drawn too; one that is not full stays last.
 */
export function epochOrder(count: number, seed: number, epoch: number, buckets?: Buckets): Uint32Array {
  const order = shuffled(count, seedOf(seed, epoch, 'order'));
  if (!buckets) return order;
  const { lengths, batchSize } = buckets;
  for (let from = 0; from < count; from += WINDOW * batchSize)
    order.subarray(from, from + WINDOW * batchSize).sort((a, b) => lengths[a]! - lengths[b]!);
  const bucketed = new Uint32Array(count);
  const full = Math.floor(count / batchSize);
  shuffled(full, seedOf(seed, epoch, 'batches')).forEach((batch, i) => {
    bucketed.set(order.subarray(batch * batchSize, (batch + 1) * batchSize), i * batchSize);
  });
  bucketed.set(order.subarray(full * batchSize), full * batchSize);
  return bucketed;
}

/** So many of them at a time, the last group smaller where they do not divide. */
export function* groupsOf<T>(all: Iterable<T>, size: number): Generator<T[]> {
  let group: T[] = [];
  for (const one of all) {
    group.push(one);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

/** Ids from the shortest example to the longest, like ones as they come; as they are where examples have no length. */
export const byLength = (ids: readonly number[], length: ((id: number) => number) | undefined): readonly number[] =>
  length ? ids.toSorted((a, b) => length(a) - length(b)) : ids;

/**
 * Ids in batches of `batchSize`, the last one smaller where they do not divide; `order` holds places in `ids`, and
 * without it the ids come as they are.
 */
export function* batchesOf(
  ids: readonly number[],
  batchSize: number,
  order?: ArrayLike<number>,
): Generator<number[], void, undefined> {
  if (!(batchSize >= 1)) throw new RangeError(`batch size ${batchSize}`);
  const count = order?.length ?? ids.length;
  for (let from = 0; from < count; from += batchSize) {
    const length = Math.min(batchSize, count - from);
    yield Array.from({ length }, (_, i) => ids[order ? order[from + i]! : from + i]!);
  }
}
