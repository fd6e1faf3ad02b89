import { expect, test } from 'vitest';
import { page } from 'vitest/browser';
import type { RunMatrix } from '@/protocol/run.ts';
import type { RunRecord } from '@/session/store.ts';
import { studioOf } from '@/ui/testing/fixtures.ts';
import { render } from '@/ui/testing/render.tsx';
import { runOf, runsOf } from '@/ui/testing/run-fixtures.ts';
import { CuresCard } from '../cures/cures-card.tsx';
import { ContinualCard } from './continual-card.tsx';

const MATRIX: RunMatrix = {
  tasks: [['cat', 'dog'], ['fox'], ['owl']],
  examples: [20, 10, 10],
  rows: [
    { step: 10, epoch: 2, accuracy: [0.9, 0, 0] },
    { step: 20, epoch: 4, accuracy: [0.5, 0.8, 0] },
    { step: 30, epoch: 6, accuracy: [0.6, 0.3, 0.7] },
  ],
};

const inSequence = (matrix?: RunMatrix): RunRecord => {
  const run = runOf();
  return { ...run, settings: { ...run.settings, tasks: 3 }, matrix };
};
const show = (run: RunRecord) => render(<ContinualCard run={run} />, studioOf({ screen: 'train', ...runsOf(run) }));
const rowAfter = (task: number) => page.getByRole('row', { name: new RegExp(`^After task ${task}`) }).getByRole('cell');

test('a row stands for each task that was learned, and the figures in words', async () => {
  await show(inSequence(MATRIX));
  await expect.element(page.getByRole('heading', { name: '3 tasks, one after the other' })).toBeVisible();
  await expect.element(page.getByRole('columnheader', { name: /Task 1\s*cat and dog/ })).toBeVisible();
  expect(
    rowAfter(3)
      .elements()
      .map((cell) => cell.textContent),
  ).toEqual(['60%', '30%', '70%']);
  // not by colour alone: what was not learned yet is fainter in weight too
  const unseen = rowAfter(1)
    .elements()
    .map((cell) => getComputedStyle(cell).fontWeight);
  expect(unseen).toEqual(['600', '400', '400']);
  await expect.element(page.getByText('Average accuracy on the 3 tasks learned: 53.3%.')).toBeVisible();
  await expect.element(page.getByText(/^Backward transfer: -40 percentage points/)).toBeVisible();
  await expect.element(page.getByText(/^Forgetting: 40 percentage points/)).toBeVisible();
});

test('before the first task is done it says what will stand there', async () => {
  await show(inSequence());
  await expect.element(page.getByText(/After each task the accuracy on every task is measured/)).toBeVisible();
});

test('one task alone has no panel', async () => {
  await show(runOf());
  expect(document.querySelector('section')).toBeNull();
});

test('what cures add stands beside the loss of the new task, which is drawn alone', async () => {
  const run = runOf();
  const { columns, length } = run.train;
  columns.penalty[length - 1] = 0.125;
  columns.loss[length - 1] = 0.5;
  const cures = { replay: 0.3, l2sp: 0, ewc: 1000, lwf: 0 };
  const held = { ...run, settings: { ...run.settings, cures } };
  await render(<CuresCard run={held} />, studioOf({ screen: 'train', ...runsOf(held) }));
  await expect.element(page.getByText('Elastic weight consolidation 1,000')).toBeVisible();
  await expect.element(page.getByText('Replay of old examples 0.3')).toBeVisible();
  expect(page.getByText('L2-SP').elements()).toHaveLength(0);
  await expect.element(page.getByText('0.125')).toBeVisible();
  await expect.element(page.getByText(/Drawn is the loss of the new task alone/)).toBeVisible();
});
