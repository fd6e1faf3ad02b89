import { expect, it } from 'vitest';
import { leanerThan, smallerBatches } from './lean.ts';

const of = (batchSize: number, accumulate: number, gradientCheckpointing = false) => ({
  batchSize,
  accumulate,
  gradientCheckpointing,
});

it('smaller batches make the same step', () => {
  expect(smallerBatches(of(12, 2))).toEqual([of(6, 4), of(4, 6), of(3, 8), of(2, 12), of(1, 24)]);
  expect(smallerBatches(of(1, 4))).toEqual([]);
  // no more than may be summed
  expect(smallerBatches(of(16, 16))).toEqual([of(8, 32), of(4, 64)]);
});

it('what ran out of memory may go on with half the batch, or with stages that run again', () => {
  expect(leanerThan(of(16, 1))).toEqual([of(8, 2), of(16, 1, true)]);
  expect(leanerThan(of(9, 1, true))).toEqual([of(3, 3, true)]);
  expect(leanerThan(of(1, 1, true))).toEqual([]);
});
