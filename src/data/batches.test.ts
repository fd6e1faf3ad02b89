import { describe, expect, it } from 'vitest';
import { batchesOf, byLength, epochOrder } from './batches.ts';

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

describe('buckets of like lengths', () => {
  const lengths = Array.from({ length: 205 }, (_, i) => 3 + ((i * 37) % 60));
  const buckets = { lengths, batchSize: 8 };
  const order = epochOrder(205, 42, 1, buckets);
  const batches = [...batchesOf([...lengths.keys()], 8, order)];
  const spread = (batch: readonly number[]) => {
    const own = batch.map((id) => lengths[id]!);
    return Math.max(...own) - Math.min(...own);
  };

  it('hold every example once, in batches of like length, the one that is not full last', () => {
    expect([...order].sort((a, b) => a - b)).toEqual([...lengths.keys()]);
    expect(batches.map(({ length }) => length)).toEqual([...new Array(25).fill(8), 5]);
    const plain = [...batchesOf([...lengths.keys()], 8, epochOrder(205, 42, 1))];
    const mean = (of: number[][]) => of.reduce((sum, batch) => sum + spread(batch), 0) / of.length;
    expect(mean(batches)).toBeLessThan(4);
    expect(mean(plain)).toBeGreaterThan(30);
  });

  it('come in a drawn order, and others stand together in the next epoch', () => {
    const longest = batches.slice(0, 25).map((batch) => lengths[batch[0]!]!);
    expect(longest).not.toEqual(longest.toSorted((a, b) => a - b));
    expect(epochOrder(205, 42, 1, buckets)).toEqual(order);
    const together = ([a, b]: readonly number[]) => `${a}/${b}`;
    const next = [...batchesOf([...lengths.keys()], 8, epochOrder(205, 42, 2, buckets))];
    expect(next.map(together)).not.toEqual(expect.arrayContaining(batches.map(together)));
  });

  it('sort within windows only: with many examples short ones are in the first half and in the second', () => {
    const many = Array.from({ length: 2000 }, (_, i) => i % 100);
    const first = [...epochOrder(2000, 1, 1, { lengths: many, batchSize: 8 })].slice(0, 1000);
    expect(first.filter((i) => many[i]! < 10).length).toBeGreaterThan(50);
  });
});

it('sorts ids by length where they have one', () => {
  expect(byLength([5, 1, 9, 4], (id) => id % 5)).toEqual([5, 1, 9, 4]);
  expect(byLength([5, 3, 9, 1], (id) => id)).toEqual([1, 3, 5, 9]);
  expect(byLength([5, 3], undefined)).toEqual([5, 3]);
});
