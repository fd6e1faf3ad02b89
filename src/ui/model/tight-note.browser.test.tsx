import { expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { planOf, studioOf } from '../testing/fixtures.ts';
import { render } from '../testing/render.tsx';
import { TightNote } from './tight-note.tsx';

test('a run that would not fit is offered what learns the same in less memory', async () => {
  const studio = studioOf();
  const plan = planOf(studio.store.getState().settings);
  const ways = [
    { batchSize: 4, accumulate: 4, gradientCheckpointing: false, memoryBytes: 3.1e9 },
    { batchSize: 16, accumulate: 1, gradientCheckpointing: true, memoryBytes: 2.2e9 },
  ];
  studio.store.setState({ plan: { ...plan, tight: { roomBytes: 4e9, ways } } });
  await render(<TightNote />, studio);
  await expect.element(page.getByRole('status')).toHaveTextContent('learn the same');
  await expect.element(page.getByRole('button', { name: /^Gradient checkpointing/ })).toBeVisible();
  await page.getByRole('button', { name: /^Batches of 4, 4 in one step/ }).click();
  expect(studio.store.getState().settings).toMatchObject({ batchSize: 4, accumulate: 4, gradientCheckpointing: false });
  // the plan of these settings says that they fit
  await expect.element(page.getByRole('status')).not.toBeInTheDocument();
});
