import { expect, it } from 'vitest';
import { runOf } from '@/ui/testing/run-fixtures.ts';
import { originsOf } from './branch-line.tsx';

const branch = (epoch: number, from: string) => ({
  marks: [{ run: '', step: 0, epoch, seconds: 0, kind: 'branch', from: { run: from, checkpoint: 'best' } }] as const,
});

it('a branch shows what led to it: the part of its parent up to there, at the place of its own steps', () => {
  const parent = runOf({ number: 1, epochs: 12, stepsPerEpoch: 20 });
  // batches of twice the size: half as many steps
  const child = runOf({ number: 2, epochs: 3, stepsPerEpoch: 10, rest: branch(8, 'run-1') });
  const [origin, ...others] = originsOf(child, [parent], 0);
  expect(others).toEqual([]);
  expect(origin!.run).toBe(1);
  expect(Math.max(...origin!.rows.map(({ epoch }) => epoch))).toBe(8);
  for (const { step, epoch } of origin!.rows) expect(step).toBeCloseTo(10 * epoch, 9);
  const { columns } = parent.validation;
  const last = origin!.rows.findLast(({ validationLoss }) => validationLoss !== undefined)!;
  expect(last.validationLoss).toBe(columns.loss[8]);
  expect(last.validationAccuracy).toBe(columns.accuracy[8]);
});

it('a branch of a branch shows both, each up to where the next one left it', () => {
  const first = runOf({ number: 1, epochs: 12, stepsPerEpoch: 20 });
  const second = runOf({ number: 2, epochs: 9, stepsPerEpoch: 20, rest: branch(5, 'run-1') });
  const third = runOf({ number: 3, epochs: 12, stepsPerEpoch: 20, rest: branch(7, 'run-2') });
  const ends = originsOf(third, [second, first], 0).map(({ run, rows }) => [run, rows.at(-1)!.epoch]);
  expect(ends).toEqual([
    [2, 7],
    [1, 5],
  ]);
});
