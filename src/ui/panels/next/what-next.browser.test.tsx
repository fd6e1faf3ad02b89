import { expect, test } from 'vitest';
import { page } from 'vitest/browser';
import type { RunStatus } from '@/protocol/run.ts';
import type { RunRecord } from '@/session/store.ts';
import { planOf, studioOf } from '@/ui/testing/fixtures.ts';
import { render } from '@/ui/testing/render.tsx';
import { runOf, runsOf } from '@/ui/testing/run-fixtures.ts';
import { WhatNext } from './what-next.tsx';

const over = { phase: 'done', finish: 'early-stopping' } as const satisfies Partial<RunStatus>;

function show(run: RunRecord) {
  const { step, finish } = run.status;
  const studio = studioOf(runsOf(run), { train: ({ run: id }) => ({ ...run.status, run: id, step, finish: finish! }) });
  return render(<WhatNext run={run} />, studio);
}

/** The fixture's validation turns up after its best epoch; so late in a long run the gap is wide. */
const overfitted = () => runOf({ epochs: 40, best: 6, status: over });

test('a finding tells its numbers, and one press sets the next run up from its run', async () => {
  const studio = await show(overfitted());
  await expect.element(page.getByRole('heading', { name: 'It learns its pictures by heart' })).toBeVisible();
  await expect.element(page.getByText(/validation has been getting worse since epoch \d+\./)).toBeVisible();
  await expect.element(page.getByText('Turn up to (degrees) 0 10')).toBeVisible();
  await page.getByRole('button', { name: 'Set it up' }).first().click();
  await expect.poll(() => studio.store.getState().screen).toBe('model');
  const { settings, setUp } = studio.store.getState();
  // the run's settings, not those that stood on the Model screen
  expect(settings).toMatchObject({ epochs: 40, learningRate: 3e-4, augmentation: { rotate: 10 } });
  expect(setUp).toMatchObject({ run: 'run-1', code: 'overfitting', before: { epochs: 20 } });
});

test('another press starts it at once', async () => {
  const { calls } = await show(overfitted());
  await page.getByRole('button', { name: 'Start it now' }).first().click();
  await expect
    .poll(() => calls.find((call) => call.kind === 'train'))
    .toMatchObject({ settings: { augmentation: { rotate: 10 }, method: { id: 'last-n', options: { stages: 4 } } } });
});

test('a run that goes on hears nothing, and says why the next has to wait', async () => {
  await show(runOf({ epochs: 40, best: 6 }));
  expect(page.getByText('What to try next').elements()).toHaveLength(0);
  const run = overfitted();
  const other = runOf({ number: 2 });
  await render(<WhatNext run={run} />, studioOf(runsOf(run, other)));
  await expect.element(page.getByRole('button', { name: 'Start it now' }).first()).toBeDisabled();
  await expect.element(page.getByText('Run 2 is still going. Stop it first.').first()).toBeVisible();
});

test('a sound run has nothing to mend', async () => {
  const run = runOf({ epochs: 14, best: 14, status: over });
  // every validation picture right
  run.validation.columns.accuracy.fill(1, 1, run.validation.length);
  await render(<WhatNext run={run} />, studioOf({ ...runsOf(run), plan: planOf(run.settings) }));
  await expect.element(page.getByText('Nothing to mend.')).toBeVisible();
  await expect.element(page.getByRole('heading', { name: 'The same from another seed' })).toBeVisible();
});
