import { beforeEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { CommandOf } from '@/protocol/messages.ts';
import type { Evaluation, WordWeights } from '@/protocol/result.ts';
import type { RunRecord } from '@/session/store.ts';
import { render } from '../testing/render.tsx';
import { runOf, runsOf } from '../testing/run-fixtures.ts';
import {
  generationOf,
  MINILM,
  openQuestions,
  openReviews,
  settingsOf,
  studioOfTexts,
  TINY_GPT,
  writingRun,
} from '../testing/text-fixtures.ts';
import { EvaluateScreen } from './evaluate-screen.tsx';

const toSection = (name: string) => history.replaceState(null, '', `#/evaluate/${name}`);
beforeEach(() => history.replaceState(null, '', '#/evaluate'));

const CLASSES = ['bad', 'good'];
const done = { phase: 'done', finish: 'completed' } as const;

/** Of the first reviews: one taken for the other class, the rest right. */
function evaluation(): Evaluation {
  const answers = [0, 1, 2, 3].map((id) => {
    const truth = id % 3 === 2 ? 0 : 1;
    const wrong = id === 1;
    const good = (truth === 1) !== wrong ? 0.9 : 0.1;
    return { id, truth, probabilities: Float32Array.of(1 - good, good) };
  });
  const confusion = [
    [1, 0],
    [1, 2],
  ];
  return { run: 'run-1', split: 'test', classes: CLASSES, examples: 4, loss: 0.6, accuracy: 0.75, confusion, answers };
}

const weights = ({ label }: CommandOf<'word-weights'>): WordWeights => ({
  label,
  words: [
    { text: 'Our', weight: 0 },
    { text: ' ', weight: 0 },
    { text: 'dinner', weight: 0.31 },
    { text: ' ', weight: 0 },
    { text: 'dragged', weight: -0.2 },
  ],
});
const predict = () => ({
  tuned: [
    { label: 'good', probability: 0.8 },
    { label: 'bad', probability: 0.2 },
  ],
  pretrained: [],
  oldHead: [],
  logits: Float32Array.of(-1, 1),
});

async function showTexts() {
  await page.viewport(1440, 900);
  const run: RunRecord = {
    ...runOf({ epochs: 3, status: done, settings: settingsOf(MINILM), rest: { classes: CLASSES } }),
    evaluation: evaluation(),
  };
  const studio = studioOfTexts(
    await openReviews(),
    { screen: 'evaluate', ...runsOf(run) },
    { predict, 'word-weights': weights },
  );
  return render(<EvaluateScreen />, studio);
}

test('a mistake opens as a text, with the words that spoke for the answer and against it', async () => {
  toSection('pictures');
  await showTexts();
  await expect.element(page.getByRole('heading', { name: 'Run 1 names 75.0% of the test texts right' })).toBeVisible();
  await expect.element(page.getByRole('heading', { name: '1 mistake in 4 texts' })).toBeVisible();
  await page
    .getByRole('button', { name: /Open it/ })
    .first()
    .click();
  const dialog = page.getByRole('dialog');
  await expect.element(dialog.getByTitle('31 points for it')).toHaveTextContent('dinner');
  await expect.element(dialog.getByTitle('20 points against it')).toHaveTextContent('dragged');
  // a model without a head of its own says nothing before training
  await expect.element(dialog.getByText(/^Before/)).not.toBeInTheDocument();
});

test('a text of one’s own goes to the model as it was written', async () => {
  toSection('try');
  const { calls } = await showTexts();
  await page.getByRole('textbox', { name: 'A text of your own' }).fill('  Worth every minute.\n');
  await page.getByRole('button', { name: 'Try a text' }).click();
  await expect.element(page.getByTitle('31 points for it')).toBeVisible();
  const asked = calls.find(({ kind }) => kind === 'predict');
  expect(asked).toMatchObject({ tried: { kind: 'text', text: '  Worth every minute.\n' } });
});

async function showWriting(rest: Partial<RunRecord> = {}) {
  await page.viewport(1440, 900);
  const run = { ...writingRun({ epochs: 4, status: done }), generation: generationOf(1), ...rest };
  const answers = {
    'evaluate-base': () => generationOf(),
    'stop-generating': () => null,
    generate: ({ which }: CommandOf<'generate'>) => ({
      text: which === 'tuned' ? '4 plus 5 is 9.' : 'the the the of',
      tokens: 5,
      promptTokens: 9,
      seconds: 0.1,
      finish: 'end' as const,
    }),
  };
  const state = { screen: 'evaluate', model: TINY_GPT, ...runsOf(run) } as const;
  return render(<EvaluateScreen />, studioOfTexts(await openQuestions(), state, answers));
}

test('a model that writes is judged by its figures, and by those of the model before', async () => {
  await showWriting();
  await expect.element(page.getByRole('heading', { name: 'Run 1 writes with a perplexity of 3.08' })).toBeVisible();
  await page.getByRole('button', { name: 'Measure before training' }).click();
  await expect.element(page.getByRole('heading', { name: 'Perplexity fell from 4.5 to 3.1' })).toBeVisible();
  const row = page.getByRole('row', { name: /^Next token right/ });
  await expect.element(row).toHaveTextContent(/50\.0%.*75\.0%/);
});

test('its answers stand beside the given ones', async () => {
  toSection('answers');
  await showWriting({ generationBase: generationOf() });
  await expect.element(page.getByRole('heading', { name: '3 written answers' })).toBeVisible();
  const [first] = page.getByRole('listitem').elements();
  expect(first?.textContent).toMatch(/What is 0 plus 1\?.*0 plus 1 is 1\..*0 plus 1 is 0\..*the the the of/);
});

test('a prompt is continued on both sides, by the settings', async () => {
  toSection('try');
  const { calls } = await showWriting();
  await userEvent.fill(page.getByRole('textbox', { name: 'Prompt' }), 'What is 4 plus 5?');
  await page.getByRole('button', { name: 'Another seed (42)' }).click();
  await page.getByRole('button', { name: 'Write', exact: true }).click();
  await expect.element(page.getByText('4 plus 5 is 9.')).toBeVisible();
  await expect.element(page.getByText('the the the of')).toBeVisible();
  const asked = calls.filter((call): call is CommandOf<'generate'> => call.kind === 'generate');
  expect(asked.map(({ which }) => which)).toEqual(['base', 'tuned']);
  expect(asked[0]).toMatchObject({ prompt: { kind: 'text', text: 'What is 4 plus 5?' }, sampling: { seed: 43 } });
});
