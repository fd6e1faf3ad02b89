import { expect, it } from 'vitest';
import { classNames, classProblems } from './classes.ts';

const settings = { validation: 0.15, test: 0.15, seed: 1 };
const one = (name: string, train: number, validation: number, test: number) => ({
  name,
  counts: { train, validation, test },
  excluded: 0,
  usable: train + validation + test > 1,
});
const told = (...o: Parameters<typeof classProblems>) =>
  classProblems(...o).map(({ code, values }) => [code, values.class, values.split ?? values.count]);

it('sorts numbers by value, and passes over what has no label', () => {
  expect(classNames(['10', '9', undefined, 'b', 'A', '10'])).toEqual(['9', '10', 'A', 'b']);
});

it('warns of classes that are too small, and says nothing of an empty one that was just added', () => {
  const classes = [one('a', 8, 1, 1), one('b', 1, 1, 0), one('c', 1, 0, 0), one('d', 0, 0, 0)];
  expect(told(classes, [10, 2, 1, 0], settings)).toEqual([
    ['class-too-small', 'b', 2],
    ['class-too-small', 'c', 1],
  ]);
});

it('tells of a split that lacks a class, where it should have one', () => {
  const classes = [one('a', 8, 0, 2), one('b', 8, 1, 1)];
  expect(told(classes, [10, 10], settings)).toEqual([['split-too-small', 'a', 'validation']]);
  expect(told(classes, [10, 10], { ...settings, validation: 0 })).toEqual([]);
});

it('warns of one class alone, and not of unsorted pictures', () => {
  expect(told([one('a', 7, 1, 1)], [9], settings)).toEqual([['one-class', 'a', 9]]);
  expect(told([], [], settings)).toEqual([]);
});
