import { expect, test } from 'vitest';
import { changedWords } from './changed-words.ts';

const marked = (before: string, after: string) =>
  changedWords(before, after)
    .map(({ text, changed }) => (changed ? `[${text}]` : text))
    .join('');

test('what is new is marked, what went is not there', () => {
  expect(marked('the film was good', 'the movie was good')).toBe('the [movie] was good');
  expect(marked('the film was good', 'the was good')).toBe('the was good');
  expect(marked('the film was good', 'the film was good')).toBe('the film was good');
  // one of two that changed places
  expect(marked('a b c', 'c b a').match(/\[\w\]/g)).toHaveLength(2);
});

test('words are found without blanks between them', () => {
  expect(marked('房间很干净', '房间很整洁')).toBe('房间很[整洁]');
});
