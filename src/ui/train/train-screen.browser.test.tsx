import { afterEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { RunControl } from '@/protocol/control.ts';
import type { RunRecord } from '@/session/store.ts';
import { Shell } from '../shell/shell.tsx';
import { studioOf } from '../testing/fixtures.ts';
import { render } from '../testing/render.tsx';
import { runOf, runsOf } from '../testing/run-fixtures.ts';
import { TrainScreen } from './train-screen.tsx';

async function show(...runs: readonly RunRecord[]) {
  await page.viewport(1440, 900);
  return render(<TrainScreen />, studioOf({ screen: 'train', ...runsOf(...runs) }, { control: () => null }));
}
const button = (name: string) => page.getByRole('button', { name, exact: true });
const controlsOf = ({ calls }: Awaited<ReturnType<typeof show>>): RunControl['kind'][] =>
  calls.flatMap((call) => (call.kind === 'control' ? [call.control.kind] : []));

afterEach(() => {
  history.replaceState(null, '', '#/');
});

test('a running run shows where it is and what it will do', async () => {
  await show(runOf({ number: 6 }));
  await expect.element(page.getByRole('heading', { name: 'Run 6 · Last 4 stages' })).toBeVisible();
  await expect.element(page.getByText('Running')).toBeVisible();
  await expect.element(page.getByText('Epoch 17 of 40 · step 357')).toBeVisible();
  await expect.element(page.getByText('33 of 36')).toBeVisible();
  await expect.element(page.getByText('2 epochs left')).toBeVisible();
  await expect.element(page.getByText(/the run stops at epoch 19 and goes back to epoch 11/)).toBeVisible();
  await expect.element(page.getByText('Best · epoch 11')).toBeVisible();
  await expect.element(page.getByText('Stops at 19')).toBeVisible();
  await expect.element(page.getByText(/DepthwiseConv2dNativeBackpropFilter/)).toBeVisible();
});

test('the charts say their last values in words', async () => {
  await show(runOf());
  const chart = page.getByRole('figure', {
    name: /^Loss up to epoch 17\. Training 0\.\d+, validation 0\.326\. Best epoch: 11\./,
  });
  await expect.element(chart).toBeInTheDocument();
});

test('controls reach the engine', async () => {
  const studio = await show(runOf());
  await button('Pause').click();
  await button('Validate now').click();
  await button('Stop and keep best').click();
  expect(controlsOf(studio)).toEqual(['pause', 'validate', 'stop-keep']);
});

test('one step is for a paused run', async () => {
  const studio = await show(runOf({ status: { phase: 'paused' } }));
  await button('One step').click();
  await button('Resume').click();
  expect(controlsOf(studio)).toEqual(['one-step', 'resume']);
});

test('discarding asks first', async () => {
  const studio = await show(runOf());
  await button('Stop and discard').click();
  await button('Go on training').click();
  expect(controlsOf(studio)).toEqual([]);
  await button('Stop and discard').click();
  await button('Discard the weights').click();
  expect(controlsOf(studio)).toEqual(['stop-discard']);
});

test('a run that stopped early says so and leads to the evaluation', async () => {
  const { store } = await show(runOf({ epochs: 19, status: { phase: 'done', finish: 'early-stopping', wait: 8 } }));
  await expect.element(page.getByText('Stopped early at epoch 19: nothing better since epoch 11.')).toBeVisible();
  await expect.element(page.getByText('Stopped at 19')).toBeVisible();
  await button('Evaluate').click();
  expect(store.getState().screen).toBe('evaluate');
});

test('a run that failed names its problem and leads back to the settings', async () => {
  const problem = { code: 'diverged', severity: 'error', values: { step: 42, learningRate: 3e-4 } } as const;
  const { store } = await show(runOf({ epochs: 2, best: 1, status: { phase: 'failed', finish: 'failed', problem } }));
  await expect.element(page.getByRole('alert')).toBeVisible();
  await expect.element(page.getByText(/Kept: epoch 1/)).toBeVisible();
  await button('Change the settings').click();
  expect(store.getState().screen).toBe('model');
});

test('a run that diverged can be tried again at a lower rate', async () => {
  const problem = { code: 'diverged', severity: 'error', values: { step: 42, learningRate: 3e-4 } } as const;
  const { calls } = await show(runOf({ epochs: 2, best: 1, status: { phase: 'failed', finish: 'failed', problem } }));
  await expect.element(page.getByText(/The loss left all bounds at step 42/)).toBeVisible();
  await button('Again at 3e-5').click();
  await expect
    .poll(() => calls.find((call) => call.kind === 'train'))
    .toMatchObject({ settings: { learningRate: expect.closeTo(3e-5), epochs: 40 } });
});

test('the charts of a run that failed end in a window of 1280 x 720', async () => {
  const problem = { code: 'diverged', severity: 'error', values: { step: 42, learningRate: 3e-4 } } as const;
  const run = runOf({ epochs: 2, best: 1, status: { phase: 'failed', finish: 'failed', problem } });
  history.replaceState(null, '', '#/train');
  await render(<Shell />, studioOf({ screen: 'train', ...runsOf(run) }));
  await page.viewport(1280, 720);
  await expect.element(button('Again at 3e-5')).toBeVisible();
  const bottom = () =>
    Math.max(...[...document.querySelectorAll('figure')].map((each) => each.getBoundingClientRect().bottom));
  await expect.poll(bottom).toBeLessThanOrEqual(720);
  expect(bottom()).toBeGreaterThan(500);
});

test('after a device loss one note says it, with every way on', async () => {
  const lost = { code: 'device-lost', severity: 'error', values: { epoch: 17 } } as const;
  const run = runOf({ status: { phase: 'lost', finish: 'lost', problem: lost } });
  await page.viewport(1440, 900);
  history.replaceState(null, '', '#/train');
  await render(<Shell />, studioOf({ screen: 'train', ...runsOf(run), problems: { backend: lost } }));
  await expect.element(button('Go on from epoch 17')).toBeVisible();
  await expect.element(button('Go on with WASM')).toBeVisible();
  await expect.poll(() => page.getByRole('alert').elements()).toHaveLength(1);
});

test('what was thrown away cannot be evaluated', async () => {
  await show(runOf({ status: { phase: 'stopped', finish: 'stop-discard' } }));
  await expect.element(page.getByText(/threw the weights away/)).toBeVisible();
  expect(button('Evaluate').elements()).toHaveLength(0);
});

test('preparing shows the pictures through the frozen stages', async () => {
  await show(runOf({ epochs: 0, status: { phase: 'preparing', prepared: { done: 96, total: 204 } } }));
  await expect.element(page.getByText('Frozen stages, run once and kept: 96 of 204 pictures')).toBeVisible();
  await expect
    .element(page.getByRole('progressbar', { name: 'Progress of the run' }))
    .toHaveAttribute('aria-valuenow', '47');
});

test('another run can be looked at', async () => {
  const { store } = await show(runOf({ number: 2 }), runOf({ number: 1, epochs: 9, best: 6 }));
  await page.getByRole('button', { name: /^1 · Last 4 stages/ }).click();
  expect(store.getState().currentRun).toBe('run-1');
  await expect.element(page.getByRole('heading', { name: 'Run 1 · Last 4 stages' })).toBeVisible();
});

test('without a run it says what comes first', async () => {
  await show();
  await expect.element(page.getByText('No run yet').last()).toBeVisible();
  await expect.element(button('To the settings')).toBeVisible();
});

test('a run of 10,000 steps draws at most 500 points a line', async () => {
  await show(runOf({ epochs: 476, best: 440, settings: { epochs: 1000 } }));
  await expect.element(page.getByText('Best · epoch 440')).toBeVisible();
  const lines = [...document.querySelectorAll('.curve')];
  expect(lines.length).toBe(6);
  for (const line of lines) {
    const points = (line.getAttribute('d') ?? '').split(/[ML]/).length - 1;
    expect(points).toBeGreaterThan(300);
    expect(points).toBeLessThanOrEqual(500);
  }
});

test('smoothing and the axes can be changed', async () => {
  await show(runOf());
  await page.getByText('Step', { exact: true }).click();
  await page.getByText('Log', { exact: true }).click();
  const slider = page.getByRole('slider', { name: 'Smoothing' });
  (slider.element() as HTMLElement).focus();
  await userEvent.keyboard('{Home}');
  await expect.element(page.getByText('every step')).not.toBeInTheDocument();
  await expect.poll(() => document.querySelectorAll('.curve')).toHaveLength(4);
  await expect.element(page.getByText('500', { exact: true })).toBeInTheDocument();
});

test('a run that ran out of memory goes on from its last checkpoint in half the batch', async () => {
  const full = { code: 'out-of-memory', severity: 'error', values: {} } as const;
  const studio = await show(runOf({ status: { phase: 'failed', finish: 'failed', problem: full } }));
  await expect.element(page.getByRole('alert')).toHaveTextContent('no memory left');
  await expect.element(button('Go on with gradient checkpointing')).toBeVisible();
  await button('Go on with batches of 8, 2 in one step').click();
  await expect
    .poll(() => studio.calls.find((call) => call.kind === 'train'))
    .toMatchObject({
      settings: { batchSize: 8, accumulate: 2, gradientCheckpointing: false },
      from: { checkpoint: 'last' },
    });
});
