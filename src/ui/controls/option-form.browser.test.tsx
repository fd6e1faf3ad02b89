import { expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { OptionSpec } from '@/protocol/options.ts';
import { render } from '../testing/render.tsx';
import { OptionForm } from './option-form.tsx';

const SPECS: OptionSpec[] = [
  { name: 'epochs', type: 'integer', default: 20, min: 1, max: 1000 },
  { name: 'learningRate', type: 'number', default: 1e-3, min: 1e-6, max: 1, scale: 'log' },
  { name: 'optimizer', type: 'choice', default: 'adamw', choices: ['adamw', 'sgd'] },
  { name: 'cachePrefix', type: 'switch', default: true },
];

async function form() {
  const onChange = vi.fn();
  await render(<OptionForm specs={SPECS} values={{ epochs: 12 }} onChange={onChange} />);
  return onChange;
}

test('each option is a field with its name, its help and its value or default', async () => {
  await form();
  await expect.element(page.getByLabelText('Epochs', { exact: true })).toHaveValue('12');
  await expect.element(page.getByRole('textbox', { name: 'Learning rate' })).toHaveValue('1e-3');
  await expect.element(page.getByRole('combobox', { name: 'Optimizer' })).toHaveValue('AdamW');
  await expect.element(page.getByRole('switch', { name: 'Keep the frozen output' })).toBeChecked();
  await page.getByRole('button', { name: 'About: Epochs' }).click();
  await expect.element(page.getByRole('tooltip')).toHaveTextContent('How often the model sees');
});

test('typing settles once it rests, and only within bounds', async () => {
  const onChange = await form();
  const epochs = page.getByLabelText('Epochs', { exact: true });
  await epochs.fill('5000');
  await expect.element(page.getByText('1 to 1,000')).toBeVisible();
  await epochs.fill('30');
  await expect.poll(() => onChange).toHaveBeenCalledWith('epochs', 30);
  expect(onChange).toHaveBeenCalledTimes(1);
});

test('a learning rate is typed in any notation, or moved in powers of ten', async () => {
  const onChange = await form();
  await page.getByRole('textbox', { name: 'Learning rate' }).fill('0,0003');
  await expect.poll(() => onChange).toHaveBeenLastCalledWith('learningRate', 3e-4);
  page.getByRole('slider', { name: 'Learning rate' }).element().focus();
  await userEvent.keyboard('{ArrowRight}');
  await expect.poll(() => onChange).toHaveBeenCalledTimes(2);
  expect(onChange.mock.lastCall?.[1]).toBeCloseTo(3.4e-4, 5);
});

test('choices and switches tell at once', async () => {
  const onChange = await form();
  await page.getByRole('combobox', { name: 'Optimizer' }).click();
  await page.getByRole('option', { name: 'SGD' }).click();
  expect(onChange).toHaveBeenLastCalledWith('optimizer', 'sgd');
  await page.getByText('Keep the frozen output', { exact: true }).click();
  expect(onChange).toHaveBeenLastCalledWith('cachePrefix', false);
});
