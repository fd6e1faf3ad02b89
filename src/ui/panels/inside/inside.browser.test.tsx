import { expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { RunRecord } from '@/session/store.ts';
import { useCurrentRun } from '@/ui/studio-context.tsx';
import { datasetOf, studioOf } from '@/ui/testing/fixtures.ts';
import { insideOf, mapOf } from '@/ui/testing/inside-fixtures.ts';
import { render } from '@/ui/testing/render.tsx';
import { runOf, runsOf } from '@/ui/testing/run-fixtures.ts';
import { MapPanel } from '../map/map-panel.tsx';
import { InsidePanel } from './inside-panel.tsx';

const dataset = datasetOf();
const validation = [...dataset.examples.splits].flatMap((split, id) => (split === 1 ? [id] : []));
const map = (epochs: number) =>
  mapOf(
    validation,
    validation.map((id) => dataset.examples.labels[id]!),
    epochs,
  );

function Panels() {
  const run = useCurrentRun()!;
  return (
    <>
      <InsidePanel run={run} />
      <MapPanel run={run} />
    </>
  );
}

async function show(rest: Partial<RunRecord>, width = 1440) {
  await page.viewport(width, 900);
  const studio = studioOf({ screen: 'train', dataset, ...runsOf(runOf({ rest })) });
  await render(<Panels />, studio);
  const { store, emit } = studio;
  return { store, emit };
}
const value = (row: string) =>
  page
    .getByRole('row', { name: new RegExp(`^${row}`) })
    .getByRole('cell')
    .last()
    .element().textContent;

test('begins at the first validation, and grows with each', async () => {
  const { emit } = await show({});
  await expect.element(page.getByText('Nothing measured yet').first()).toBeVisible();
  const { shape, looks } = insideOf(2);
  emit({ kind: 'inside', shape, look: looks[0]! });
  await expect.element(page.getByText('No weight has moved from where it began.')).toBeVisible();
  emit({ kind: 'inside', look: looks[1]! });
  await expect.element(page.getByText(/classifier has moved furthest/)).toBeVisible();
  const { shape: examples, looks: places } = map(1);
  for (const [i, look] of places.entries()) emit({ kind: 'map', ...(i === 0 ? { shape: examples } : {}), look });
  await expect.element(page.getByRole('img', { name: /at epoch 1/ })).toBeVisible();
});

test('the figures of a validation stand beside the stages, and of a stage’s weights once it is opened', async () => {
  await show({ inside: insideOf(6) });
  await expect.element(page.getByRole('row', { name: /^classifier/ })).toBeVisible();
  expect(value('classifier')).toBe('0.307');
  expect(value('stem')).toBe('0');
  await page.getByRole('button', { name: 'classifier' }).click();
  await expect.element(page.getByRole('row', { name: /^classifier.bias from zero/ })).toBeVisible();
  page.getByRole('slider', { name: 'Validation shown' }).element().focus();
  await userEvent.keyboard('{Home}');
  await expect.element(page.getByRole('columnheader', { name: 'Epoch 0' })).toBeVisible();
  expect(value('classifier')).toBe('0');
  await page.getByText('Gradient', { exact: true }).click();
  await expect.poll(() => value('classifier')).toBe('–');
});

test('a class stands out, an example is shown, and the looks play to the newest', async () => {
  await show({ map: map(3) }, 360);
  await expect.element(page.getByRole('img', { name: /at epoch 3/ })).toBeVisible();
  const faint = () => document.querySelectorAll('svg [opacity="0.15"]').length;
  await page.getByRole('button', { name: 'Mint' }).click();
  const mint = validation.filter((id) => dataset.examples.labels[id] === 1).length;
  expect(faint()).toBe(validation.length - mint);
  await page.getByRole('button', { name: 'Next example' }).click();
  await expect.element(page.getByRole('img', { name: 'Basil' })).toBeVisible();
  await page.getByRole('button', { name: 'Play' }).click();
  await expect.element(page.getByText('Epoch 1', { exact: true })).toBeVisible();
  await expect.element(page.getByText('Epoch 3', { exact: true })).toBeVisible();
  await expect.element(page.getByRole('button', { name: 'Play' })).toBeVisible();
  expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360);
});

test('a run that is not looked into has neither', async () => {
  await show({ settings: { ...runOf().settings, inside: false } });
  expect(document.querySelectorAll('section')).toHaveLength(0);
});
