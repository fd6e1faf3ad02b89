import { expect, test } from 'vitest';
import { page } from 'vitest/browser';
import type { CommandOf } from '@/protocol/messages.ts';
import type { TextFit } from '@/protocol/text.ts';
import { render } from '../testing/render.tsx';
import {
  FIT,
  MINILM,
  openQuestions,
  openReviews,
  openTexts,
  settingsOf,
  studioOfTexts,
  TINY_GPT,
  tableOf,
} from '../testing/text-fixtures.ts';
import { ModelScreen } from './model-screen.tsx';

type Answers = Parameters<typeof studioOfTexts>[2];

async function showReviews(fit: Partial<TextFit> = {}, answers: Answers = {}) {
  await page.viewport(1440, 900);
  const textFit = { 'text-fit': () => ({ ...FIT, ...fit }) };
  const studio = studioOfTexts(await openReviews(), { settings: settingsOf(MINILM) }, { ...textFit, ...answers });
  return render(<ModelScreen />, studio);
}
const field = (name: string) => page.getByLabelText(name, { exact: true });

test('the models for the open texts are offered, and no others', async () => {
  await showReviews();
  await expect.element(page.getByRole('radio', { name: /minilm-l6/ })).toBeChecked();
  expect(page.getByRole('radio', { name: /efficientnet-lite0|digits-cnn/ }).elements()).toHaveLength(0);
  await expect.element(page.getByText('Fits: 2 classes, 60 texts').first()).toBeVisible();
  // one that writes takes them too: it learns to write their labels
  await expect.element(page.getByRole('radio', { name: /tiny-gpt/ })).not.toBeChecked();
});

test('how long the texts are is said before training, and one press takes them whole', async () => {
  const { store, calls } = await showReviews();
  const note = page.getByText(/0\.5% of the tokens are unknown.*4 of 60 are longer than 128 tokens.*\(6\.7%\)/);
  await expect.element(note).toBeVisible();
  await page.getByRole('button', { name: 'Take 212 tokens' }).click();
  expect(store.getState().settings.task).toEqual({ maxLength: 212, pooling: 'mean' });
  // measured again for the other length
  const asked = () => calls.filter((call): call is CommandOf<'text-fit'> => call.kind === 'text-fit');
  await expect.poll(() => asked().at(-1)?.task).toEqual({ maxLength: 212, pooling: 'mean' });
  expect(asked()).toHaveLength(2);
});

test('texts are never measured with the options of the task before', async () => {
  const state = { settings: settingsOf(MINILM) };
  const studio = studioOfTexts(await openQuestions(), state, { 'text-fit': () => FIT });
  const { store, calls } = await render(<ModelScreen />, studio);
  store.setState({ settings: settingsOf(TINY_GPT), model: TINY_GPT });
  const asked = () => calls.filter((call): call is CommandOf<'text-fit'> => call.kind === 'text-fit');
  await expect.poll(() => asked().length).toBeGreaterThan(0);
  for (const { task } of asked()) expect(task).toHaveProperty('template');
});

test('a language that the model has not learned is a warning with its share', async () => {
  await showReviews({ unknown: 0.1, single: 0.21, truncated: 0 });
  await expect
    .element(page.getByText(/31% of the tokens are unknown .* the model has not learned this language\./))
    .toBeVisible();
});

test('labelled texts have a reading, class weights and few examples; no batch statistics, no rotation', async () => {
  const { store } = await showReviews();
  await expect.element(page.getByRole('heading', { name: 'How texts are read' })).toBeVisible();
  await field('A text becomes').click();
  await page.getByRole('option', { name: 'First token' }).click();
  expect(store.getState().settings.task.pooling).toBe('cls');
  await expect.element(page.getByText('Altered texts')).toBeInTheDocument();
  await expect.element(page.getByRole('heading', { name: 'Few examples' })).toBeVisible();
  await expect.poll(() => page.getByLabelText('Class weights').elements()).not.toHaveLength(0);
  for (const absent of ['Batch statistics', 'Turn up to (degrees)'])
    expect(field(absent).elements(), absent).toHaveLength(0);
});

test('altered texts show which words are other', async () => {
  const { calls } = await showReviews(
    {},
    { 'augment-texts': ({ ids }) => ids.map((id) => ({ id, text: 'Our dinner was splendid.' })) },
  );
  await page.getByRole('switch', { name: 'Altered texts' }).click({ force: true });
  await expect.poll(() => document.querySelectorAll('mark').length).toBeGreaterThan(0);
  await expect
    .poll(() => [...document.querySelectorAll('mark')].map(({ textContent }) => textContent))
    .toContain('splendid');
  const drawn = calls.find((call): call is CommandOf<'augment-texts'> => call.kind === 'augment-texts');
  expect(drawn?.augmentation).toMatchObject({ synonyms: 0.1, rotate: 0 });
});

async function showWriting(plain = false) {
  await page.viewport(1440, 900);
  const rows = Array.from({ length: 20 }, (_, i) => [`Once upon a time, ${i}.`]);
  const opened = plain
    ? await openTexts(tableOf(['text'], rows, 'tales.csv'), { layout: 'plain', columns: { text: 'text' } })
    : await openQuestions();
  const state = { model: TINY_GPT, settings: settingsOf(TINY_GPT) };
  return render(<ModelScreen />, studioOfTexts(opened, state, { 'text-fit': () => ({ ...FIT, truncated: 0 }) }));
}

test('a model that writes has a template and a prompt, and nothing that is about classes', async () => {
  const { store } = await showWriting();
  await expect.element(page.getByText('output: the next of 2,048 tokens')).toBeVisible();
  await field('Prompt to watch').fill('What is 1 plus 1?');
  field('Prompt to watch').element().blur();
  await expect.poll(() => store.getState().settings.task.samplePrompt).toBe('What is 1 plus 1?');
  await expect.element(field('Template')).toBeVisible();
  for (const absent of ['Class weights', 'Examples of each class', 'Altered texts'])
    expect(page.getByLabelText(absent).elements(), absent).toHaveLength(0);
});

test('texts to continue have no template', async () => {
  await showWriting(true);
  await expect.element(field('Longest text (tokens)')).toBeVisible();
  for (const absent of ['Template', 'Learn the answers only']) expect(field(absent).elements(), absent).toHaveLength(0);
});
