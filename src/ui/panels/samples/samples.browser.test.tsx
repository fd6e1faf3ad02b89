import { expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { render } from '@/ui/testing/render.tsx';
import { runOf, runsOf } from '@/ui/testing/run-fixtures.ts';
import { openQuestions, studioOfTexts, TINY_GPT, writingRun } from '@/ui/testing/text-fixtures.ts';
import { TrainScreen } from '@/ui/train/train-screen.tsx';

async function show(run = writingRun()) {
  await page.viewport(1440, 900);
  const state = { screen: 'train', model: TINY_GPT, ...runsOf(run) } as const;
  return render(<TrainScreen />, studioOfTexts(await openQuestions(), state));
}

test('the newest text stands beside the one before training, and the next takes its place', async () => {
  const { store } = await show();
  const live = page.getByRole('heading', { name: 'What it writes' });
  await expect.element(live).toBeVisible();
  const newest = () => document.querySelector('[data-newest]')?.textContent;
  expect(newest()).toBe('Epoch 24 plus 5 is 9.');
  await expect.element(page.getByText('the the the of')).toBeVisible();
  await expect.element(page.getByText('1 more')).toBeVisible();
  const run = store.getState().runs['run-1']!;
  const sample = { run: run.id, step: 63, epoch: 3, prompt: 'Question', text: 'Nine.' };
  store.setState({ runs: { [run.id]: { ...run, samples: [...run.samples, sample] } } });
  await expect.poll(newest).toBe('Epoch 3Nine.');
  await expect.poll(() => document.querySelector('[data-newest]')?.closest('[aria-live=polite]')).not.toBeNull();
});

test('its figures are of tokens', async () => {
  await show();
  await expect.element(page.getByText('Perplexity')).toBeVisible();
  const run = writingRun();
  const loss = run.validation.columns.loss[run.validation.length - 1]!;
  await expect.element(page.getByText(Math.exp(loss).toFixed(2)).first()).toBeVisible();
  await expect.element(page.getByRole('heading', { name: 'Next tokens right' })).toBeVisible();
});

test('a run that tells classes apart writes nothing', async () => {
  await show(runOf());
  await expect.element(page.getByText('Validation loss').first()).toBeVisible();
  expect(page.getByText('What it writes').elements()).toHaveLength(0);
});
