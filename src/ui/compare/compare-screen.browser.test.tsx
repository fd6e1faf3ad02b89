import { flushSync } from 'react-dom';
import { beforeEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { RunSettings } from '@/protocol/run.ts';
import { figuresOf } from '@/session/comparison.ts';
import { studioOf } from '../testing/fixtures.ts';
import { render } from '../testing/render.tsx';
import { runOf, runsOf } from '../testing/run-fixtures.ts';
import { CompareScreen } from './compare-screen.tsx';

const done = { phase: 'done', finish: 'completed' } as const;
const lora: RunSettings['method'] = { id: 'lora', options: { rank: 8 } };
const three = () =>
  runsOf(
    runOf({
      number: 1,
      best: 3,
      status: { ...done, trainable: 6405 },
      settings: { method: { id: 'head', options: {} } },
    }),
    runOf({ number: 2, best: 9, status: done, settings: { method: lora, learningRate: 1e-3 } }),
    runOf({ number: 3, best: 14, status: done, settings: { method: lora, learningRate: 1e-2 } }),
  );

const row = (name: RegExp) => page.getByRole('row', { name });
const heads = () => [...document.querySelectorAll('tbody th')].map((each) => each.textContent);
const column = (name: string) => page.getByRole('columnheader').getByRole('button', { name, exact: true });

beforeEach(() => page.viewport(1440, 900));

async function pick(run: RegExp, item: string): Promise<void> {
  await row(run)
    .getByRole('button', { name: /^More for/ })
    .click();
  await page.getByRole('menuitem', { name: item, exact: true }).click();
}

test('names runs by what differs, and sorts by any column', async () => {
  await render(<CompareScreen />, studioOf(three()));
  await expect.element(row(/1 · Head only/)).toBeInTheDocument();
  await expect.element(row(/2 · LoRA, Learning rate 1e-3/)).toBeInTheDocument();
  await column('Run').click();
  expect(heads().map((words) => words?.[0])).toEqual(['1', '2', '3']);
  await column('Run').click();
  expect(heads().map((words) => words?.[0])).toEqual(['3', '2', '1']);
  await expect.element(column('Batch size')).not.toBeInTheDocument();
  (page.getByRole('switch', { name: 'Only columns that differ' }).element() as HTMLElement).click();
  await expect.element(column('Batch size')).toBeInTheDocument();
  // the best of a column stands out: the head alone has the fewest weights that move
  await expect.element(page.getByText('6,405').first()).toBeInTheDocument();
  await expect.poll(() => page.getByText('6,405').first().element().tagName).toBe('B');
});

test('shows what the last run came to at the moment when it no longer says that runs go on', async () => {
  const trials = { id: 'group', kind: 'methods', done: 2, of: 3, stopping: false } as const;
  const { runs } = three();
  const going = (epochs: number) => ({ ...runs, 'run-3': runOf({ number: 3, epochs, best: 0 }) });
  const studio = await render(<CompareScreen />, studioOf({ runs: going(0), trials }));
  await expect.element(page.getByText(/^Comparing methods/).first()).toBeVisible();
  const losses = () => [...document.querySelectorAll('td[data-label="Best loss"]')].map((each) => each.textContent);
  const before = losses();
  // while it goes on it is looked at now and then
  flushSync(() => studio.store.setState({ runs: going(2) }));
  expect(losses()).toEqual(before);
  flushSync(() => studio.store.setState(({ trials: _, ...rest }) => ({ ...rest, runs }), true));
  expect(page.getByText(/^Comparing methods/).elements()).toEqual([]);
  const last = figuresOf(runs['run-3']!).loss!.toFixed(3);
  expect(before).not.toContain(last);
  expect(losses()).toContain(last);
});

test('draws the runs that are ticked', async () => {
  await render(<CompareScreen />, studioOf(three()));
  const lines = () => document.querySelectorAll('path.curve').length;
  await expect.poll(lines).toBe(3);
  await page.getByRole('checkbox', { name: /^Show in the charts: 2/ }).click({ force: true });
  await expect.poll(lines).toBe(2);
});

test('keeps a name, notes and the baseline with the run; deletes when told twice', async () => {
  const studio = studioOf(three(), { 'place-run': () => null, 'forget-run': () => null });
  await render(<CompareScreen />, studio);
  await pick(/2 · LoRA/, 'Rename');
  await userEvent.keyboard('My favourite{Enter}');
  await expect.element(row(/2 · My favourite/)).toBeInTheDocument();
  await pick(/My favourite/, 'Pin as baseline');
  await expect.element(row(/My favourite.*baseline/)).toBeInTheDocument();
  expect(studio.calls.filter(({ kind }) => kind === 'place-run')).toEqual([
    { kind: 'place-run', run: 'run-2', place: { number: 2, name: 'My favourite' } },
    { kind: 'place-run', run: 'run-2', place: { number: 2, name: 'My favourite', pinned: true } },
  ]);
  await pick(/1 · Head only/, 'Delete');
  expect(studio.calls.some(({ kind }) => kind === 'forget-run')).toBe(false);
  await page.getByRole('button', { name: 'Delete for good' }).click();
  await expect.element(row(/1 · Head only/)).not.toBeInTheDocument();
});

test('says what to do where there is nothing yet', async () => {
  await render(<CompareScreen />, studioOf());
  await expect.element(page.getByText('No run yet')).toBeInTheDocument();
  await page.getByRole('button', { name: 'Compare methods' }).click();
  await expect.element(page.getByRole('checkbox', { name: 'LoRA' })).toBeChecked();
  await expect.element(page.getByRole('button', { name: /^Start \d+ runs$/ })).toBeEnabled();
});

test('a search says how many epochs it will run', async () => {
  await render(<CompareScreen />, studioOf(three()));
  await page.getByRole('button', { name: 'Search settings' }).click();
  await expect.element(page.getByRole('button', { name: 'Start 9 runs' })).toBeEnabled();
  // of 20 epochs: 9 x 2, then 3 x 4 more, then 1 x 14 more
  await expect.element(page.getByText('44 epochs in all, one run after another.')).toBeInTheDocument();
  await page.getByRole('switch', { name: 'Stop hopeless runs early' }).click({ force: true });
  await expect.element(page.getByText('180 epochs in all, one run after another.')).toBeInTheDocument();
});
