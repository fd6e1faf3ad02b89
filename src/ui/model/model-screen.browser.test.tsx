import { expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { studioOf } from '../testing/fixtures.ts';
import { render } from '../testing/render.tsx';
import { ModelScreen } from './model-screen.tsx';

test('the freeze line moves by keyboard and changes how many stages train', async () => {
  const { store } = await render(<ModelScreen />);
  const line = page.getByRole('slider', { name: 'Freeze line' });
  await expect.element(line).toHaveAttribute('aria-valuenow', '9');
  line.element().focus();
  await userEvent.keyboard('{ArrowUp}');
  await vi.waitFor(() =>
    expect(store.getState().settings.method).toEqual({
      id: 'last-n',
      options: { stages: 2, layerDecay: 1, gradual: false },
    }),
  );
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
