import i18next from 'i18next';
import { expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { PROBLEM_CODES, type Problem } from '@/protocol/problems.ts';
import { startI18n } from '../i18n.ts';
import { render } from '../testing/render.tsx';
import { ProblemNote } from './problem-note.tsx';
import { problemWords } from './problem-words.ts';

const ragged: Problem = {
  code: 'csv-ragged-row',
  severity: 'error',
  values: { file: 'labels.csv', row: 1214, found: 5, expected: 2 },
};

test('a problem names the file and the row, what was expected and what to do', async () => {
  await render(<ProblemNote problem={ragged} />);
  const alert = page.getByRole('alert');
  await expect.element(alert).toHaveTextContent('labels.csv, row 1,214: 5 cells where 2 were expected.');
  await expect.element(alert).toHaveTextContent('The other rows are in use.');
});

test('sentences differ by cause, count and unit', async () => {
  await startI18n();
  const what = (problem: Omit<Problem, 'severity'>) =>
    problemWords({ ...problem, severity: 'warning' }, i18next.t, 'en').what;
  expect(what({ code: 'class-too-small', values: { class: 'Sage', count: 1, need: 3, kept: 0 } })).toBe(
    '“Sage” was left out: it has 1 picture.',
  );
  expect(what({ code: 'class-too-small', values: { class: 'Sage', count: 2, need: 3, kept: 1 } })).toBe(
    '“Sage” has 2 pictures.',
  );
  expect(what({ code: 'zip-too-large', values: { file: 'a.zip', reason: 'bytes', limit: 2e9 } })).toBe(
    'a.zip unpacks to more than 2 GB.',
  );
  expect(what({ code: 'image-unreadable', values: { file: 'a.jpg', reason: 'never-heard-of' } })).toBe(
    'a.jpg could not be read as a picture.',
  );
});

test('every code has a sentence', async () => {
  await startI18n();
  for (const code of PROBLEM_CODES)
    expect(problemWords({ code, severity: 'error', values: { count: 2 } }, i18next.t, 'en').what).not.toContain(code);
});
