import { expect, it } from 'vitest';
import { runOf } from '../testing/run-fixtures.ts';
import { bigLines } from './lines.ts';

const one = runOf({ number: 1, epochs: 12 });
const two = runOf({ number: 2, epochs: 12 });

it('curves of one run are told apart by dashes, runs side by side by their shapes alone', () => {
  const alone = bigLines([one], 'loss', ['train', 'validation', 'old']);
  expect(alone.map(({ curve, dash }) => [curve, dash !== undefined])).toEqual([
    ['train', false],
    ['validation', true],
  ]);
  const beside = bigLines([one, two], 'accuracy', ['validation']);
  expect(beside.map(({ dash }) => dash)).toEqual([undefined, undefined]);
  expect(new Set(beside.map(({ color }) => color)).size).toBe(2);
});

it('a line ends with the last value that was measured', () => {
  const [line] = bigLines([one], 'accuracy', ['validation']);
  const { columns, length } = one.validation;
  expect(line!.value).toBe(columns.accuracy[length - 1]);
  expect(line!.first).toBe(columns.accuracy[0]);
  expect(line!.x).toHaveLength(length);
});
