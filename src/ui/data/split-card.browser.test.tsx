import { expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { useStudio } from '../studio-context.tsx';
import { datasetOf, studioOf } from '../testing/fixtures.ts';
import { render } from '../testing/render.tsx';
import { SplitCard } from './split-card.tsx';

function Split() {
  const dataset = useStudio((state) => state.dataset);
  return dataset ? <SplitCard dataset={dataset} /> : null;
}

test('the borders move by keyboard, and the split is drawn anew once', async () => {
  const { calls } = await render(<Split />);
  const training = page.getByRole('slider', { name: 'Training share' });
  await expect.element(training).toHaveAttribute('aria-valuenow', '70');
  training.element().focus();
  await userEvent.keyboard('{ArrowLeft}{ArrowLeft}{PageDown}');
  await expect.element(training).toHaveAttribute('aria-valuenow', '63');
  await expect
    .poll(() => calls.filter(({ kind }) => kind === 'split'))
    .toEqual([{ kind: 'split', split: { validation: 0.22, test: 0.15, seed: 42 } }]);
  const validation = page.getByRole('slider', { name: 'Validation share' });
  validation.element().focus();
  await userEvent.keyboard('{End}');
  await expect.element(validation).toHaveAttribute('aria-valuenow', '32');
});

test('no part gets smaller than five per cent', async () => {
  await render(<Split />);
  page.getByRole('slider', { name: 'Training share' }).element().focus();
  await userEvent.keyboard('{Home}');
  await expect
    .element(page.getByRole('slider', { name: 'Training share' }))
    .toHaveAttribute('aria-valuetext', expect.stringMatching(/^5%/));
});

test('splits that the folders name have no handles', async () => {
  await render(<Split />, studioOf({ dataset: datasetOf(undefined, { splitGiven: ['train', 'validation', 'test'] }) }));
  await expect.element(page.getByText('Your folders name the splits.')).toBeVisible();
  expect(page.getByRole('slider').elements()).toHaveLength(0);
});

test('where the files name some of the splits, the seed still draws the rest', async () => {
  await page.viewport(1440, 900);
  const { calls } = await render(
    <Split />,
    studioOf({ dataset: datasetOf(undefined, { splitGiven: ['train', 'test'] }) }),
  );
  await expect.element(page.getByText('Your files name Training and Test; the rest is drawn.')).toBeVisible();
  expect(page.getByRole('slider').elements()).toHaveLength(0);
  await page.getByRole('button', { name: 'Draw again' }).click();
  await expect.poll(() => calls.map(({ kind }) => kind)).toContain('split');
});
