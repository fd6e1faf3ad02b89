import { expect, it } from 'vitest';
import { writtenByGroup } from './writing-groups.ts';

const answers = [
  { id: 0, loss: 4, correct: 1, tokens: 2 },
  { id: 1, loss: 3, correct: 3, tokens: 6 },
  { id: 2, loss: 9, correct: 0, tokens: 3 },
  { id: 3, loss: 5, correct: 5, tokens: 5 },
];

it('weighs tokens alike, whatever answer they are of, and leaves out what has no group', () => {
  const groups = [0, 0, 1, -1];
  expect(writtenByGroup(answers, ['a', 'b', 'empty'], (id) => groups[id]!)).toEqual([
    { name: 'a', examples: 2, tokens: 8, loss: 7 / 8, tokenAccuracy: 0.5 },
    { name: 'b', examples: 1, tokens: 3, loss: 3, tokenAccuracy: 0 },
  ]);
});
