import { expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { RANGE, rangeRate } from '@/lib/range-test.ts';
import { studioOf } from '../testing/fixtures.ts';
import { render } from '../testing/render.tsx';
import { ModelScreen } from './model-screen.tsx';

const field = (name: string) => page.getByLabelText(name, { exact: true });
const shown = (name: string) => field(name).elements().length > 0;

test('an option shows for the schedule and the optimizer that it is of', async () => {
  const { store, actions } = await render(<ModelScreen />);
  for (const name of ['Momentum', 'Cycles', 'Power', 'Factor', 'Epochs of a step', 'Epochs to wait'])
    expect(shown(name), name).toBe(false);
  await actions.setSchedule('plateau');
  await expect.element(field('Factor')).toBeVisible();
  await expect.element(field('Epochs to wait')).toBeVisible();
  await expect.element(page.getByText('when, the run will show')).toBeVisible();
  await actions.setSchedule('cosine-restarts');
  await expect.element(field('Cycles')).toBeVisible();
  expect(shown('Factor')).toBe(false);
  const before = store.getState().settings.learningRate;
  await actions.setOptimizer('muon');
  await expect.element(field('Momentum')).toBeVisible();
  expect(store.getState().settings).toMatchObject({ momentum: 0.95, learningRate: before });
});

test('what lies beyond the run or the data is said', async () => {
  const { actions } = await render(<ModelScreen />);
  await actions.set({ warmupSteps: 100_000 });
  await expect.element(page.getByText('never comes to fall')).toBeVisible();
  await actions.set({ warmupSteps: 0, schedule: 'step', stepEpochs: 500 });
  await expect.element(page.getByText('after the last epoch')).toBeVisible();
  await actions.set({ schedule: 'cosine', accumulate: 64, batchSize: 512 });
  await expect.element(page.getByText('One step would take 32,768 examples')).toBeVisible();
  await actions.set({ accumulate: 1 });
  await expect.poll(() => page.getByText('One step would take').elements()).toHaveLength(0);
});

test('a learning rate of 0 or below is refused with a sentence', async () => {
  const { store } = await render(<ModelScreen />);
  const before = store.getState().settings.learningRate;
  const rate = page.getByRole('textbox', { name: 'Learning rate', exact: true });
  for (const wrong of ['0', '-1', 'much']) {
    await rate.fill(wrong);
    await expect.element(page.getByText('It has to be more than 0.')).toBeVisible();
  }
  await rate.fill('1e9');
  await expect.element(page.getByText('1e-6 to 1', { exact: false })).toBeVisible();
  expect(store.getState().settings.learningRate).toBe(before);
});

/** A fall around 1e-3. */
const points = Array.from({ length: RANGE.steps }, (_, step) => {
  const learningRate = rangeRate(step);
  return { learningRate, loss: 2 - 1.5 / (1 + Math.exp(-4 * (Math.log10(learningRate) + 3))) };
});

test('a learning rate is found, drawn and taken with one press', async () => {
  const studio = studioOf({}, { 'range-test': () => ({ points, suggestion: 1.1e-3 }) });
  const { store } = await render(<ModelScreen />, studio);
  await page.getByRole('button', { name: 'Find one for me' }).click();
  await expect.element(page.getByText('The loss falls fastest at 1.1e-3.')).toBeVisible();
  await expect.element(page.getByRole('img', { name: /Loss against the learning rate/ })).toBeVisible();
  await page.getByRole('button', { name: 'Take 1.1e-3' }).click();
  await expect.poll(() => store.getState().settings.learningRate).toBe(1.1e-3);
  await expect.poll(() => page.getByRole('button', { name: 'Take 1.1e-3' }).elements()).toHaveLength(0);
  // it says nothing of a run with another batch size
  store.setState(({ settings }) => ({ settings: { ...settings, batchSize: 64 } }));
  await expect.poll(() => page.getByText('The loss falls fastest').elements()).toHaveLength(0);
});

test('where the loss never fell nothing is suggested, and looking can be stopped', async () => {
  let end: () => void = () => {};
  const found = new Promise<void>((resolve) => {
    end = resolve;
  });
  const flat = points.map(({ learningRate }) => ({ learningRate, loss: 1 }));
  const studio = studioOf({}, {
    'range-test': () => found.then(() => ({ points: flat, suggestion: undefined })),
    'stop-range-test': () => {
      end();
      return null;
    },
  } as never);
  await render(<ModelScreen />, studio);
  await page.getByRole('button', { name: 'Find one for me' }).click();
  await expect.element(page.getByText('Trying learning rates')).toBeVisible();
  await expect.element(page.getByRole('button', { name: 'Start run 1' })).toBeDisabled();
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect.element(page.getByText('The loss fell at no learning rate')).toBeVisible();
});
