import i18next from 'i18next';
import { expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { PROBLEM_CODES, type Problem } from '@/protocol/problems.ts';
import { loadWords, startI18n } from '../i18n.ts';
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
  await loadWords();
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

test('every code has a sentence, and one without a second logs no fault', async () => {
  await startI18n();
  await loadWords();
  const faults = vi.spyOn(console, 'error');
  for (const code of PROBLEM_CODES)
    expect(problemWords({ code, severity: 'error', values: { count: 2 } }, i18next.t, 'en').what).not.toContain(code);
  expect(faults).not.toHaveBeenCalled();
  faults.mockRestore();
});

test('what goes wrong with models, backends and runs is told with its file, its place and its unit', async () => {
  await startI18n();
  await loadWords();
  const words = (code: Problem['code'], values: Problem['values']) => {
    const { what, next } = problemWords({ code, severity: 'error', values }, i18next.t, 'en');
    return `${what} ${next}`;
  };
  const damaged = (reason: string) => words('model-damaged', { file: 'a.zip/model.safetensors', reason });
  expect(damaged('size')).toContain('a.zip/model.safetensors did not arrive whole.');
  expect(damaged('blocks.0.weight')).toContain('the weight “blocks.0.weight” does not fit into the file.');
  const shape = { file: 'm', field: 'head.weight', expected: '4 × 8', value: '5 × 8' };
  expect(words('model-mismatch', shape)).toContain('the weight “head.weight” has the shape 5 × 8, expected 4 × 8.');
  const labels = { file: 'digits-cnn', field: 'labels', expected: '5, 6', value: 'a, b' };
  expect(words('model-mismatch', labels)).toContain('digits-cnn knows other classes than your data: 5, 6.');
  const config = { field: 'depth', value: '0', expected: 'integer >= 1' };
  expect(words('model-config', config)).toContain('config.json: “depth” is 0, expected whole number ≥ 1.');
  const limit = { limit: 'maxBufferSize', have: 134217728, need: 268435456 };
  expect(words('adapter-too-small', limit)).toContain('maxBufferSize is 134 MB, training needs 268 MB.');
  expect(words('device-lost', { epoch: 17 })).toContain('after epoch 17.');
  expect(words('device-lost', { epoch: 0 })).toContain('before the first epoch was over.');
  expect(words('diverged', { step: 38, learningRate: 0.1 })).toMatch(/at step 38\..* of 0\.1 is too high here/);
  expect(words('nothing-trains', { method: 'last-n' })).toContain('With “Last stages” no weight');
  expect(words('split-too-small', { split: 'test', class: '', count: 0 })).toContain('no picture to test on.');
  expect(words('split-too-small', { split: 'test', class: 'Sage', count: 0 })).toContain('“Sage” has no picture');
  expect(words('sample-missing', { sample: 'drawings' })).toContain('The sample “Drawings”');
});
