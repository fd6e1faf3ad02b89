import axe from 'axe-core';
import { expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { StartDialog } from '@/ui/compare/start-dialog.tsx';
import { CurvesCard } from '@/ui/panels/curves/curves-card.tsx';
import { studioOf } from '@/ui/testing/fixtures.ts';
import { render } from '@/ui/testing/render.tsx';
import { runOf, runsOf } from '@/ui/testing/run-fixtures.ts';
import { TwinCard } from './twin-card.tsx';

/** What is wrong with what stands on the page, by WCAG 2 at AA. */
const faults = async () =>
  (await axe.run(document.body, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa'] })).violations.map(({ id }) => id);

const over = { phase: 'done', finish: 'completed' } as const;

/** A pretrained run or its twin on a seed, with this accuracy throughout. */
function side(number: number, seed: number, start: 'pretrained' | 'scratch', accuracy: number) {
  const run = runOf({
    number,
    epochs: 12,
    best: 11,
    status: over,
    settings: { seed, start, ...(start === 'scratch' ? { learningRate: 9e-4 } : {}) },
    rest: { group: { id: 'twins', kind: 'twin', of: 'run-1' } },
  });
  run.validation.columns.accuracy.fill(accuracy, 0, run.validation.length);
  return run;
}

test('a run stands beside its twin: the verdict with its interval, and the twin’s curve on the chart', async () => {
  const asked = runOf({ number: 1, epochs: 12, best: 11, status: over });
  const shares = [
    [0.9, 0.8],
    [0.88, 0.79],
    [0.91, 0.8],
  ] as const;
  const pairs = shares.flatMap(([a, b], i) => [
    side(2 + 2 * i, 42 + i, 'pretrained', a),
    side(3 + 2 * i, 42 + i, 'scratch', b),
  ]);
  await render(
    <>
      <CurvesCard run={asked} />
      <TwinCard run={asked} />
    </>,
    studioOf(runsOf(asked, ...pairs)),
  );
  // scipy.stats.ttest_rel: 0.1, 0.09, 0.11 have the mean 0.1 and the interval 0.0752 to 0.1248
  await expect
    .element(page.getByText('Pretraining helps by 10 points (95 % interval 7.5 to 12.5, 3 seeds).'))
    .toBeVisible();
  await expect.element(page.getByText('Validation of the twin from scratch, run 3')).toBeVisible();
  await expect.poll(() => document.querySelectorAll('[data-twin="3"] path.curve').length).toBe(2);
  await expect.poll(() => page.getByRole('row').elements()).toHaveLength(4);
  expect(await faults()).toEqual([]);
});

test('one press asks for the twins of this run, with as many seeds as are chosen', async () => {
  const run = runOf({ status: over });
  const { calls } = await render(<TwinCard run={run} />, studioOf(runsOf(run)));
  await expect.element(page.getByText('8 runs, one after another.')).toBeVisible();
  await page.getByText('5', { exact: true }).click();
  await expect.element(page.getByText('12 runs, one after another.')).toBeVisible();
  await page.getByRole('button', { name: 'Compare with a twin from scratch' }).click();
  await expect
    .poll(() => calls.find((call) => call.kind === 'train'))
    .toMatchObject({ settings: { start: 'pretrained', method: { id: 'last-n' }, seed: run.settings.seed } });
});

test('overfitting is shaded from where it began, told, and set up against; a mark shows where the rule stands', async () => {
  const at = { run: 'run-1', step: 11 * 21, epoch: 11, seconds: 27 };
  const run = runOf({
    epochs: 40,
    best: 6,
    status: over,
    rest: { marks: [{ ...at, kind: 'stopping', best: 6 * 21 }] },
  });
  const studio = await render(<CurvesCard run={run} />, studioOf(runsOf(run)));
  await expect
    .element(page.getByText(/^Overfitting since epoch \d+: validation loss rose from 0\.\d{3} to/))
    .toBeVisible();
  await expect.element(page.getByText(/Overfitting gap/)).toBeVisible();
  await expect
    .poll(() => document.querySelectorAll('[data-metric="loss"] [data-gap] path[fill^="url"]').length)
    .toBe(1);
  expect(document.querySelectorAll('[data-metric="accuracy"] [data-gap]')).toHaveLength(0);
  await expect.element(page.getByText('Early stopping').first()).toBeVisible();
  expect(await faults()).toEqual([]);
  await page.getByRole('button', { name: 'Set the next run up against it' }).click();
  await expect.poll(() => studio.store.getState().screen).toBe('model');
  expect(studio.store.getState().setUp).toMatchObject({ run: 'run-1', code: 'overfitting' });
});

test('from Compare the settings as they stand are tried, on more and more of the data too', async () => {
  const studio = studioOf();
  const { calls } = await render(<StartDialog onClose={() => {}} />, studio);
  await expect.element(page.getByRole('button', { name: 'Compare with a twin from scratch' })).toBeVisible();
  expect(await faults()).toEqual([]);
  await page.getByRole('button', { name: 'Run on less data' }).click();
  await expect
    .poll(() => calls.find((call) => call.kind === 'train'))
    .toMatchObject({ settings: { fewShot: { share: 0.1 }, epochs: 10 * studio.store.getState().settings.epochs } });
});
