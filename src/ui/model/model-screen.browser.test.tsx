import { expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { ModelSummary } from '@/protocol/model.ts';
import { MODEL, studioOf } from '../testing/fixtures.ts';
import { render } from '../testing/render.tsx';
import { runOf, runsOf } from '../testing/run-fixtures.ts';
import { ModelScreen } from './model-screen.tsx';

test('the freeze line moves by keyboard and changes how many stages train', async () => {
  const { store } = await render(<ModelScreen />);
  const line = page.getByRole('slider', { name: 'Freeze line' });
  await expect.element(line).toHaveAttribute('aria-valuenow', '9');
  line.element().focus();
  await userEvent.keyboard('{ArrowUp}');
  await expect
    .poll(() => store.getState().settings.method)
    .toEqual({
      id: 'last-n',
      options: { stages: 2, layerDecay: 1, gradual: false },
    });
  await expect.element(line).toHaveAttribute('aria-valuetext', 'after blocks.6: 2 stages train');
  await expect.element(page.getByRole('radio', { name: 'Last stages' })).toBeChecked();
});

test('momentum is asked for where the optimizer has one', async () => {
  const { store } = await render(<ModelScreen />);
  expect(page.getByLabelText('Momentum', { exact: true }).elements()).toHaveLength(0);
  store.setState(({ settings }) => ({ settings: { ...settings, optimizer: 'sgd' } }));
  await expect.element(page.getByLabelText('Momentum', { exact: true })).toBeVisible();
});

test('what is disabled says why', async () => {
  const studio = studioOf();
  studio.store.setState({
    problems: { model: { code: 'nothing-trains', severity: 'error', values: { method: 'last-n' } } },
  });
  await render(<ModelScreen />, studio);
  await expect.element(page.getByRole('button', { name: 'Start run 1' })).toBeDisabled();
  await expect.element(page.getByText('With “Last stages” no weight would move.').first()).toBeVisible();
});

test('a model that was dropped in can be let go of, unless a run came of it', async () => {
  const own = (id: string): ModelSummary => ({ ...MODEL, ref: { kind: 'imported', id }, name: `my ${id}` });
  const run = runOf({ settings: { model: { kind: 'imported', id: 'used' } } });
  const studio = studioOf(
    { ...runsOf(run), imported: [own('used'), own('spare')], model: own('spare') },
    { 'forget-model': () => null },
  );
  studio.store.setState(({ settings }) => ({ settings: { ...settings, model: own('spare').ref } }));
  await render(<ModelScreen />, studio);
  await expect.element(page.getByRole('radio', { name: /my spare/ })).toBeChecked();
  expect(page.getByRole('button', { name: 'Remove my used' }).elements()).toEqual([]);
  await page.getByRole('button', { name: 'Remove my spare' }).click();
  await expect.element(page.getByRole('radio', { name: /^efficientnet-lite0/ })).toBeChecked();
  expect(studio.calls).toContainEqual({ kind: 'forget-model', model: 'spare' });
  expect(studio.store.getState().imported.map(({ ref }) => ref.id)).toEqual(['used']);
  expect(studio.store.getState().model?.ref.id).toBe('efficientnet-lite0');
});
