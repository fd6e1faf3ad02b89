import { expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { METHOD_METAS } from '@/methods/metas.ts';
import { defaultsOf } from '@/protocol/options.ts';
import { emptyStatus } from '@/protocol/run.ts';
import { planOf, studioOf } from '../testing/fixtures.ts';
import { render } from '../testing/render.tsx';
import { ModelScreen } from './model-screen.tsx';

/** Herbs with a plan in which some methods do not fit, and with layers to put LoRA on. */
function studio() {
  const made = studioOf();
  const plan = planOf({ method: { id: 'lora', options: defaultsOf(METHOD_METAS.lora.options) } });
  made.store.setState(({ settings }) => ({
    settings: { ...settings, method: { id: 'lora', options: defaultsOf(METHOD_METAS.lora.options) } },
    plan: {
      ...plan,
      plans: plan.plans.filter(({ method }) => method !== 'soft-prompt'),
      unfit: [
        {
          method: 'soft-prompt',
          problem: { code: 'method-texts', severity: 'error', values: { method: 'soft-prompt' } },
        },
      ],
      modules: [
        { name: '_expand_conv', count: 15, parameters: 1_200_000, chosenBy: ['lora'] },
        { name: '_project_conv', count: 16, parameters: 800_000, chosenBy: [] },
      ],
    },
  }));
  return made;
}

test('a method that does not fit says why, and cannot be chosen', async () => {
  await render(<ModelScreen />, studio());
  const row = page.getByRole('row').filter({ hasText: 'Soft prompt' });
  await expect.element(row.getByRole('radio')).toBeDisabled();
  await expect.element(row.getByText(/text/i).last()).toBeVisible();
});

test('layers are ticked by their names; none stands for those that the method begins with', async () => {
  const { store } = await render(<ModelScreen />, studio());
  const expand = page.getByRole('checkbox', { name: /_expand_conv/ });
  const project = page.getByRole('checkbox', { name: /_project_conv/ });
  await expect.element(expand).toBeChecked();
  // one stays ticked
  await expect.element(expand).toBeDisabled();
  await expect.element(page.getByText('15 layers, 1,200,000 weights')).toBeVisible();
  await project.click();
  await expect.poll(() => store.getState().settings.method.options.modules).toEqual(['_expand_conv', '_project_conv']);
});

test('stages are ticked where a person chooses them, from those that moved before', async () => {
  const { store } = await render(<ModelScreen />);
  await page.getByRole('radio', { name: 'Chosen stages' }).click();
  await expect
    .poll(() => store.getState().settings.method)
    .toEqual({ id: 'chosen', options: { chosenStages: ['classifier'] } });
  await page.getByRole('checkbox', { name: 'blocks.3 trains' }).click();
  await expect.poll(() => store.getState().settings.method.options.chosenStages).toEqual(['blocks.3', 'classifier']);
  expect(page.getByRole('slider', { name: 'Freeze line' }).elements()).toHaveLength(0);
});

test('the memory of the chosen method is told by its parts', async () => {
  await render(<ModelScreen />);
  const parts = page.getByRole('list', { name: 'Memory' });
  for (const part of ['weights', 'gradients', 'optimizer', 'activations', 'kept output'])
    await expect.element(parts.getByText(part, { exact: false }).first()).toBeVisible();
  await expect.element(page.getByRole('button', { name: 'Memory with Full' })).toBeVisible();
});

test('an option that does not fit is said in a sentence, and no run starts', async () => {
  const made = studio();
  const plan = made.store.getState().plan!;
  made.store.setState({
    plan: {
      ...plan,
      plans: plan.plans.filter(({ method }) => method !== 'lora'),
      unfit: [
        {
          method: 'lora',
          problem: { code: 'rank-too-large', severity: 'error', values: { rank: 64, module: '_conv_stem', most: 27 } },
        },
      ],
    },
  });
  await render(<ModelScreen />, made);
  await expect.element(page.getByRole('button', { name: 'Start run 1' })).toBeDisabled();
  await expect.element(page.getByText(/A rank of 64 is larger than the matrix/).first()).toBeVisible();
  await expect.element(page.getByLabelText('Rank', { exact: true })).toBeEnabled();
});

test('leads to several methods beside each other, the chosen one among them', async () => {
  const studio = studioOf(
    {},
    { train: ({ run, settings }) => ({ ...emptyStatus(run, settings.epochs, 'wasm'), phase: 'done' }) },
  );
  const { store } = await render(<ModelScreen />, studio);
  await page.getByRole('radio', { name: 'Biases only' }).click();
  await page.getByRole('button', { name: 'Compare several' }).click();
  const dialog = page.getByRole('dialog', { name: 'Compare methods' });
  for (const name of ['Full', 'Head only', 'Biases only'])
    await expect.element(dialog.getByRole('checkbox', { name })).toBeChecked();
  await dialog.getByRole('checkbox', { name: 'Full' }).click();
  await dialog.getByRole('button', { name: /^Start \d+ runs$/ }).click();
  await expect.poll(() => store.getState().screen).toBe('compare');
  const methods = () => Object.values(store.getState().runs).map(({ settings }) => settings.method.id);
  await expect.poll(() => methods()).toContain('bias');
  await expect.poll(() => store.getState().trials).toBeUndefined();
  expect(methods()).not.toContain('full');
});
