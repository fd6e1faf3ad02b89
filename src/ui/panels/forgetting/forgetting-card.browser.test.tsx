import { expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { StepMetrics } from '@/protocol/run.ts';
import { append } from '@/session/series.ts';
import type { RunRecord } from '@/session/store.ts';
import { studioOf } from '@/ui/testing/fixtures.ts';
import { render } from '@/ui/testing/render.tsx';
import { runOf, runsOf } from '@/ui/testing/run-fixtures.ts';
import { writingRun } from '@/ui/testing/text-fixtures.ts';
import { TrainScreen } from '@/ui/train/train-screen.tsx';

/** A run whose old task had these shares, or these losses, after each epoch. */
function forgetting(run: RunRecord, values: readonly { accuracy: number; loss: number }[]): RunRecord {
  const points = values.map(
    (value, epoch): StepMetrics => ({
      run: run.id,
      split: 'old',
      step: epoch * run.status.stepsPerEpoch,
      epoch,
      seconds: epoch,
      examples: 64,
      ...value,
    }),
  );
  return { ...run, old: append(run.old, points) };
}

async function show(run: RunRecord) {
  await page.viewport(1440, 900);
  return render(<TrainScreen />, studioOf({ screen: 'train', ...runsOf(run) }));
}

const shares = (...accuracies: number[]) => accuracies.map((accuracy) => ({ accuracy, loss: 1 - accuracy }));

test('two vessels: what was learned, what was forgotten, and what the probes are', async () => {
  await show(forgetting(runOf(), shares(1, 0.75, 0.5)));
  await expect.element(page.getByRole('heading', { name: 'Forgetting meter' })).toBeVisible();
  await expect.element(page.getByText('-50.0 points')).toBeVisible();
  await expect
    .element(page.getByText(/agreement with the original model on 64 drawings\. Began at 100\.0/))
    .toBeVisible();
  await expect.element(page.getByRole('img', { name: /Old task 50\.0%, which began at 100\.0%/ })).toBeVisible();
  // agreement is nowhere called accuracy
  await expect.element(page.getByText('Old task, agreement 50.0%')).toBeVisible();
  await expect.poll(() => document.querySelectorAll('[data-line=oldAccuracy]')).toHaveLength(1);
});

test('a model that writes: bits a byte', async () => {
  const bits = (value: number, accuracy: number) => ({ loss: value * Math.LN2, accuracy });
  await show(forgetting(writingRun(), [bits(1.7, 0.33), bits(2.1, 0.25)]));
  await expect.element(page.getByText('2.10 bits a byte')).toBeVisible();
  await expect.element(page.getByText('+0.40 bits a byte')).toBeVisible();
  await expect.element(page.getByText(/Began at 1\.70 bits a byte/)).toBeVisible();
});

test('that nothing has moved is said where no bit changed, and not where the same share is right by another loss', async () => {
  const untouched = page.getByText('Nothing that the old task stands on has moved.');
  await show(forgetting(runOf(), shares(0.9, 0.9)));
  await expect.element(untouched).toBeVisible();
  const moved = [
    { accuracy: 0.9, loss: 0.1 },
    { accuracy: 0.9, loss: 0.1000001 },
  ];
  await show(forgetting(runOf(), moved));
  await expect.element(page.getByText('no change')).toBeVisible();
  expect(untouched.elements()).toHaveLength(0);
});

test('a run without probes looks as before', async () => {
  await show(runOf());
  await expect.element(page.getByText('Validation loss').first()).toBeVisible();
  expect(page.getByText('Forgetting meter').elements()).toHaveLength(0);
  expect(document.querySelectorAll('[data-line=oldAccuracy]')).toHaveLength(0);
});

test('a cure is one press away, on Model', async () => {
  const { store } = await show(forgetting(runOf(), shares(1, 0.5)));
  await page.getByRole('button', { name: /Try a cure/ }).click();
  expect(store.getState().screen).toBe('model');
  // as Model has it, which comes later
  const toggle = document.createElement('button');
  toggle.id = 'cures';
  toggle.setAttribute('aria-expanded', 'false');
  toggle.onclick = () => toggle.setAttribute('aria-expanded', 'true');
  document.body.append(toggle);
  await expect.poll(() => document.activeElement?.id).toBe('cures');
  expect(toggle.getAttribute('aria-expanded')).toBe('true');
  toggle.remove();
});

test('and so by the key C, but where something is typed', async () => {
  const field = document.createElement('input');
  const { store } = await show(forgetting(runOf(), shares(1, 0.5)));
  document.body.append(field);
  field.focus();
  await userEvent.keyboard('c');
  expect([field.value, store.getState().screen]).toEqual(['c', 'train']);
  field.remove();
  await userEvent.keyboard('c');
  expect(store.getState().screen).toBe('model');
});
