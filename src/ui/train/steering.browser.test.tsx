import { expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { RunControl, RunMark } from '@/protocol/control.ts';
import type { RunRecord, StudioState } from '@/session/store.ts';
import { ModelScreen } from '../model/model-screen.tsx';
import { studioOf } from '../testing/fixtures.ts';
import { render } from '../testing/render.tsx';
import { runOf, runsOf } from '../testing/run-fixtures.ts';
import { TrainScreen } from './train-screen.tsx';

async function show(run: RunRecord, state: Partial<StudioState> = {}) {
  await page.viewport(1440, 900);
  return render(<TrainScreen />, studioOf({ screen: 'train', ...runsOf(run), ...state }, { control: () => null }));
}
const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' });
const controlsOf = ({ calls }: Awaited<ReturnType<typeof show>>): RunControl[] =>
  calls.flatMap((call) => (call.kind === 'control' ? [call.control] : []));

const at = (epoch: number) => ({ run: 'run-1', step: Math.round(epoch * 21), epoch, seconds: epoch * 2.5 });
const MARKS: RunMark[] = [
  { ...at(8), kind: 'change', change: { learningRate: 1e-4 } },
  { ...at(9.5), kind: 'checkpoint' },
  { ...at(12), kind: 'return', to: 231 },
];

test('the learning rate changes with a press, or by what is typed', async () => {
  const studio = await show(runOf());
  await button('Learning rate ÷10').click();
  await page.getByLabelText('Learning rate, at its peak').fill('0');
  await expect.element(page.getByText('A number above 0')).toBeVisible();
  await expect.element(button('Apply')).toBeDisabled();
  await page.getByLabelText('Learning rate, at its peak').fill('2e-4');
  await page.getByLabelText('Weight decay').fill('0.05');
  await page.getByLabelText('Patience (epochs)').fill('12');
  await userEvent.keyboard('{Enter}');
  expect(controlsOf(studio)).toEqual([
    { kind: 'change', change: { learningRate: 3e-5 } },
    { kind: 'change', change: { learningRate: 2e-4, weightDecay: 0.05, patience: 12 } },
  ]);
});

test('what moves is chosen stage by stage, and never nothing', async () => {
  const studio = await show(runOf(), { settings: runOf().settings });
  await button(/Stages that move/).click();
  await expect.element(page.getByText('4 of 10')).toBeVisible();
  await page.getByRole('checkbox', { name: 'blocks.4' }).click();
  await button('Apply').click();
  expect(controlsOf(studio)).toEqual([
    { kind: 'change', change: { stages: ['blocks.4', 'blocks.5', 'blocks.6', 'conv_head', 'classifier'] } },
  ]);
});

test('changes are marked on the charts, named in the legend and kept in the log', async () => {
  await show(runOf({ rest: { marks: MARKS } }));
  const legend = page.getByRole('list', { name: 'What was changed' });
  await expect.element(legend.getByText('LR 3e-4 → 1e-4')).toBeVisible();
  await expect.element(legend.getByText('Back to the best')).toBeVisible();
  await expect.element(page.getByText('Learning rate 3e-4 → 1e-4', { exact: true })).toBeVisible();
  await expect.element(page.getByText('Back to the best weights, those of step 231')).toBeVisible();
  for (const metric of ['loss', 'accuracy'])
    await expect.poll(() => document.querySelectorAll(`[data-metric="${metric}"] .mark`).length).toBe(3);
});

test('checkpoints are asked for, gone back to, and branched from', async () => {
  const studio = await show(runOf({ rest: { marks: MARKS } }));
  await button('Keep a checkpoint').click();
  await button('Back to the best').click();
  expect(controlsOf(studio)).toEqual([{ kind: 'checkpoint' }, { kind: 'return-to-best' }]);
  await button('Branch from here: Kept, epoch 9.5, step 200').click();
  const { branch, screen, settings } = studio.store.getState();
  expect(branch).toEqual({ run: 'run-1', checkpoint: 200, epoch: 200 / 21 });
  expect(screen).toBe('model');
  expect(settings.learningRate).toBe(1e-4);
});

test('the oldest checkpoint is named when there is no room for more', async () => {
  const marks = Array.from({ length: 9 }, (_, i): RunMark => ({ ...at(i + 1), kind: 'checkpoint' }));
  await show(runOf({ rest: { marks } }));
  await expect
    .element(page.getByText(/8 are kept\. One more takes the place of the oldest: epoch 2, step 42/))
    .toBeVisible();
});

test('Model says what the run will begin with, and starts it there', async () => {
  const run = runOf({ status: { phase: 'done', finish: 'completed' } });
  const branch = { run: run.id, checkpoint: 'best' as const, epoch: 11 };
  await page.viewport(1440, 900);
  const { calls } = await render(<ModelScreen />, studioOf({ screen: 'model', ...runsOf(run), branch }));
  await expect.element(page.getByText('Begins with the best of run 1, epoch 11.')).toBeVisible();
  await button('Start run 2').click();
  await expect
    .poll(() => calls.find((call) => call.kind === 'train'))
    .toMatchObject({ from: { run: 'run-1', checkpoint: 'best' } });
});

test('runs wait in a queue that can be ordered, and the next starts when one ends', async () => {
  const run = runOf();
  await page.viewport(1440, 900);
  const studio = studioOf({ screen: 'model', ...runsOf(run), settings: run.settings }, { control: () => null });
  const { store, emit } = studio;
  await render(<ModelScreen />, studio);
  await button('Add to the queue').click();
  store.setState({ settings: { ...run.settings, learningRate: 5e-4 } });
  await button(/Add to the queue/).click();
  expect(store.getState().queue.map(({ settings }) => settings.learningRate)).toEqual([3e-4, 5e-4]);
  await render(<TrainScreen />, studio);
  await expect.element(page.getByText('2 wait')).toBeVisible();
  await button(/^Later: Last 4 stages · 3e-4/).click();
  expect(store.getState().queue.map(({ settings }) => settings.learningRate)).toEqual([5e-4, 3e-4]);
  await button(/^Take out of the queue: Last 4 stages · 3e-4/).click();
  emit({ kind: 'run-status', status: { ...run.status, phase: 'stopped', finish: 'stop-keep' } });
  await expect
    .poll(() => studio.calls.find((call) => call.kind === 'train'))
    .toMatchObject({ settings: { learningRate: 5e-4 } });
  expect(store.getState().queue).toEqual([]);
});

test('a lost device holds the queue until told', async () => {
  const run = runOf();
  const { id, settings, modelName } = run;
  const queue = [{ id: 'q', settings, modelName }];
  const studio = await show(run, { queue });
  studio.emit({ kind: 'run-status', status: { ...run.status, run: id, phase: 'lost', finish: 'lost' } });
  await expect.element(page.getByText('The GPU went away, so the queue waits.')).toBeVisible();
  expect(studio.calls.some((call) => call.kind === 'train')).toBe(false);
  await button('Go on with the queue').click();
  await expect.poll(() => studio.calls.some((call) => call.kind === 'train')).toBe(true);
});
