import { expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { studioOf } from '../testing/fixtures.ts';
import { render } from '../testing/render.tsx';
import { CuresCard } from './cures-card.tsx';

test('cures are set where somebody opens them, one by one, and tasks beside them', async () => {
  const { store } = await render(<CuresCard />, studioOf({ screen: 'model' }));
  const field = (name: string) => page.getByRole('textbox', { name });
  await expect.element(page.getByRole('heading', { name: 'Against forgetting' })).toBeVisible();
  await page.getByRole('button', { name: 'Cures, and tasks in sequence' }).click();
  await expect.element(page.getByText(/L2-SP 0\.3/)).toBeVisible();
  // the photo model has no labelled examples of what it learned
  await expect.element(page.getByText(/No labelled examples of what this model learned before/)).toBeVisible();
  await field('L2-SP').fill('0.5');
  await field('Tasks in sequence').fill('2');
  await expect.poll(() => store.getState().settings.cures).toEqual({ replay: 0, l2sp: 0.5, ewc: 0, lwf: 0 });
  await expect.poll(() => store.getState().settings.tasks).toBe(2);
  await expect.element(page.getByText('1 on')).toBeVisible();
  await expect.element(page.getByText(/Early stopping is off in a sequence/)).toBeVisible();
});
