import { expect, test } from 'vitest';
import { page } from 'vitest/browser';
import type { ModelAdvice } from '@/protocol/model.ts';
import { datasetOf, drawnPicture, studioOf } from '../testing/fixtures.ts';
import { render } from '../testing/render.tsx';
import { runOf, runsOf } from '../testing/run-fixtures.ts';
import { bestOf } from './model-advice.tsx';
import { ModelScreen } from './model-screen.tsx';

const advice = (id: string, accuracy: number, forwardMs: number): ModelAdvice => ({
  id,
  forwardMs,
  costs: [{ method: 'head', seconds: 75, memoryBytes: 2e8 }],
  fit: { accuracy, low: accuracy - 0.1, high: accuracy + 0.1, examples: 60 },
  doubts: id === 'digits-cnn' ? ['colour'] : [],
});

test('of models that tell the classes apart as well the fastest is marked, of others the surest', () => {
  const slow = advice('efficientnet-lite0', 0.85, 40);
  expect(bestOf([slow, advice('digits-cnn', 0.82, 1)])?.id).toBe('digits-cnn');
  expect(bestOf([slow, advice('digits-cnn', 0.4, 1)])?.id).toBe('efficientnet-lite0');
});

test('which model fits: measured and estimated, with doubts, and one press chooses', async () => {
  await page.viewport(1280, 800);
  const models = [advice('efficientnet-lite0', 0.85, 40), advice('digits-cnn', 0.4, 1)];
  const { store } = await render(<ModelScreen />, studioOf({}, { 'advise-model': () => models }));
  await page.getByRole('button', { name: 'Which model fits?' }).click();
  await expect.element(page.getByText('of 60 pictures, 75% to 95%')).toBeVisible();
  await expect.element(page.getByText('≈ 1:15').first()).toBeVisible();
  await expect.element(page.getByText('Sees no colour, and your pictures have some')).toBeVisible();
  const first = () => page.getByRole('rowheader').first();
  await expect.element(first()).toHaveTextContent('efficientnet-lite0');
  await page.getByRole('columnheader', { name: 'One picture' }).getByRole('button').click();
  await page.getByRole('columnheader', { name: 'One picture' }).getByRole('button').click();
  await expect.element(first()).toHaveTextContent('digits-cnn');
  await page.getByRole('button', { name: /^Choose/ }).click();
  await expect.poll(() => store.getState().settings.model.id).toBe('digits-cnn');
});

test('altered pictures are off, and show a few views when they are on', async () => {
  const studio = studioOf(
    {},
    {
      augment: ({ ids, views, seed }) =>
        ids.flatMap((id) => Array.from({ length: views }, (_, i) => ({ id, picture: drawnPicture(id, seed + i) }))),
    },
  );
  await render(<ModelScreen />, studio);
  const asked = () => studio.calls.flatMap((call) => (call.kind === 'augment' ? [call] : []));
  expect(asked()).toEqual([]);
  await page.getByRole('switch', { name: 'Altered pictures' }).click({ force: true });
  await expect.poll(() => page.getByRole('img', { name: /^Altered, version/ }).elements().length).toBe(16);
  await page.getByRole('button', { name: 'Draw again' }).click();
  await expect.poll(() => asked().at(-1)?.seed).toBe(1);
  // pictures to train on only
  const { splits } = studio.store.getState().dataset!.examples;
  expect(asked().every(({ ids }) => ids.length === 4 && ids.every((id) => splits[id] === 0))).toBe(true);
  expect(asked().at(-1)?.augmentation).toMatchObject({ rotate: 10, flipHorizontal: false });
});

test('a few examples are drawn several times over, one run after another', async () => {
  const done = runOf({ status: { phase: 'done', finish: 'completed' } });
  const right = [0.9, 0.7];
  const studio = studioOf(
    {},
    {
      train: ({ run }) => ({ ...done.status, run }),
      evaluate: ({ run }) => ({
        run,
        split: 'test',
        classes: ['Basil', 'Mint'],
        examples: 10,
        loss: 1,
        accuracy: right.shift()!,
        confusion: [],
        answers: [],
      }),
    },
  );
  studio.store.setState(({ settings }) => ({
    settings: { ...settings, fewShot: { examplesPerClass: 4, draw: 0, share: 1 } },
  }));
  await studio.actions.trainFewShot(2);
  const runs = Object.values(studio.store.getState().runs);
  expect(runs.map(({ settings, series }) => [settings.fewShot.draw, series?.draw])).toEqual([
    [0, 0],
    [1, 1],
  ]);
  expect(runs.map(({ evaluation }) => evaluation?.accuracy)).toEqual([0.9, 0.7]);
  expect(studio.store.getState().series).toBeUndefined();
});

test('settings that a finding set up are marked, and can be taken back', async () => {
  const run = runOf({ status: { phase: 'done', finish: 'early-stopping' } });
  const studio = studioOf(runsOf(run));
  await studio.actions.setUpNext(run, {
    code: 'rate-too-high',
    severity: 'mend',
    values: {},
    setUp: { learningRate: 3e-5 },
  });
  await render(<ModelScreen />, studio);
  await expect.element(page.getByText('Set up from run 1: The learning rate is too high.')).toBeVisible();
  await expect.element(page.getByText('changed', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Take it back' }).click();
  expect(studio.store.getState().settings).toMatchObject({ epochs: 20, learningRate: 3e-3 });
});

test.each([
  ['one class', 'There is only one class with enough pictures. A model needs two to tell apart.', { Basil: 20 }],
  ['nothing sorted', 'Your pictures are not sorted into classes yet. Sort them under Data first.', {}],
])('%s: a run cannot start, and it says why', async (_, reason, classes) => {
  const studio = studioOf({ dataset: datasetOf(classes) });
  studio.store.setState(({ plan: _, ...rest }) => rest, true);
  await render(<ModelScreen />, studio);
  await expect.element(page.getByRole('button', { name: 'Start run 1' })).toBeDisabled();
  // where the network would be too: nothing waits for what does not come
  await expect.poll(() => page.getByText(reason).elements()).toHaveLength(2);
  expect(document.querySelector('.mantine-Skeleton-root')).toBeNull();
});
