import { seedOf, shuffled } from '../lib/random.ts';

/** The order of one epoch: 0..count-1, drawn from (seed, epoch). */
export const epochOrder = (count: number, seed: number, epoch: number): Uint32Array =>
  shuffled(count, seedOf(seed, epoch, 'order'));

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
