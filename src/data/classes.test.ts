import { expect, it } from 'vitest';
import { ProblemError } from '../protocol/problems.ts';
import { usableClasses } from './classes.ts';

const repeat = (label: string, count: number) => Array<string>(count).fill(label);

it('sorts numbers by value', () => {
  const { classes } = usableClasses(['10', '9', 'b', 'A', '10', '9', 'b', 'A', '10', '9', 'b', 'A']);
  expect(classes).toEqual(['9', '10', 'A', 'b']);
});

it('leaves a class of one out, warns of two, and keeps the rest', () => {
  const { classes, problems } = usableClasses([...repeat('a', 5), ...repeat('b', 2), ...repeat('c', 1)]);
  expect(classes).toEqual(['a', 'b']);
  expect(problems.map(({ code, values }) => ({ code, ...values }))).toEqual([
    { code: 'class-too-small', class: 'b', count: 2, need: 3, kept: 1 },
    { code: 'class-too-small', class: 'c', count: 1, need: 3, kept: 0 },
  ]);
});

it('refuses one class, however it came to be alone', () => {
  for (const labels of [repeat('a', 9), [...repeat('a', 9), 'b'], ['a', 'b', 'c']]) {
    expect(() => usableClasses(labels)).toThrow(ProblemError);
  }
});
