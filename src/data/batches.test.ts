import { expect, it } from 'vitest';
import { batchesOf, epochOrder } from './batches.ts';

it('batches ids in an order, the last batch smaller', () => {
  expect([...batchesOf([7, 8, 9], 2)]).toEqual([[7, 8], [9]]);
  expect([...batchesOf([7, 8, 9], 2, [2, 0, 1])]).toEqual([[9, 7], [8]]);
  expect([...batchesOf([], 4)]).toEqual([]);
  expect(() => [...batchesOf([1], 0)]).toThrow(RangeError);
});

it('orders each epoch anew from the seed alone', () => {
  const order = epochOrder(50, 42, 3);
  expect(epochOrder(50, 42, 3)).toEqual(order);
  expect(epochOrder(50, 42, 4)).not.toEqual(order);
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
});
