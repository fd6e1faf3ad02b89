import axe from 'axe-core';
import { beforeEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { ProblemError } from '@/protocol/problems.ts';
import { useStudio } from '../../studio-context.tsx';
import { render } from '../../testing/render.tsx';
import {
  openQuestions,
  openReviews,
  REVIEW_COLUMNS,
  reviews,
  studioOfTexts,
  TEXT_FINDINGS,
  tableOf,
  WRONG_TEXTS,
  withoutTextLabels,
} from '../../testing/text-fixtures.ts';
import { DataScreen } from '../data-screen.tsx';

const option = (name: RegExp) => page.getByRole('option', { name });
const list = () => page.getByRole('listbox', { name: 'Texts' });
const said = (words: string) => expect.element(page.getByRole('status').filter({ hasText: words })).toBeInTheDocument();

function Screen() {
  return useStudio((state) => state.dataset) ? <DataScreen /> : null;
}

async function show(given?: ReturnType<typeof studioOfTexts>) {
  const studio = given ?? studioOfTexts(await openReviews());
  await render(<Screen />, studio);
  await expect.element(list()).toBeVisible();
  return studio;
}
const editsOf = ({ calls }: Awaited<ReturnType<typeof show>>) =>
  calls.flatMap((call) => (call.kind === 'edit' ? [call.edit] : []));

beforeEach(() => page.viewport(1440, 900));

test('labels are given by keys, texts left out, and both taken back', async () => {
  const studio = await show();
  await expect.element(page.getByRole('heading', { level: 1, name: '60 texts in 2 classes' })).toBeVisible();
  await expect.element(option(/^5 .*number 4 of those/)).toBeVisible();
  (list().element() as HTMLElement).focus();
  await userEvent.keyboard('{ArrowDown}{ArrowDown}{ArrowDown} {Shift>}{ArrowDown}{/Shift}');
  await expect.element(page.getByText('2 picked')).toBeVisible();
  await userEvent.keyboard('1');
  await said('2 texts are now bad.');
  // they stay where they are, and the next one is under the keys
  await expect.element(option(/^5 .* bad /)).toBeVisible();
  await userEvent.keyboard('{Delete}');
  await said('1 text was left out.');
  await expect.element(option(/^7 .*left out$/)).toBeVisible();
  expect(editsOf(studio)).toEqual([
    { kind: 'label', ids: [3, 4], label: 0 },
    { kind: 'exclude', ids: [5] },
  ]);
  await userEvent.keyboard('{Control>}z{/Control}');
  await said('Undone: leave out 1 text.');
  await page.getByRole('button', { name: 'Undo: label 2 texts' }).click();
  await expect.element(option(/^5 .* good /)).toBeVisible();
});

test('words are found by the worker, within a class', async () => {
  const { calls } = await show();
  await page.getByRole('searchbox', { name: 'Find in the texts' }).fill('FAR TOO LOUD');
  await expect.element(option(/^7 /)).toHaveAttribute('aria-setsize', '19');
  await page.getByRole('button', { name: /^2? ?good/ }).click();
  await expect.element(page.getByText('No text fits.')).toBeVisible();
  expect(calls.flatMap((call) => (call.kind === 'find-texts' ? [call.query] : []))).toEqual(['FAR TOO LOUD']);
  await page.getByRole('button', { name: 'Show all texts' }).click();
  await expect.element(option(/^2 /)).toBeVisible();
});

test('a text is read whole, right to left where it is written so', async () => {
  const { calls } = await show();
  await option(/^2 /).dblClick();
  const dialog = page.getByRole('dialog', { name: 'row 2' });
  await expect.element(dialog.getByText('كانت الغرفة نظيفة والناس لطفاء.')).toHaveAttribute('dir', 'auto');
  await expect.element(dialog.getByText('reviews.csv')).toBeVisible();
  await userEvent.keyboard('{ArrowRight}');
  await expect.element(page.getByRole('dialog', { name: 'row 3' }).getByText('房间很干净')).toBeVisible();
  expect(calls.flatMap((call) => (call.kind === 'texts' && call.whole ? [...call.ids] : []))).toEqual([0, 1]);
});

test('prompts stand beside their answers, and there is nothing to label', async () => {
  await show(studioOfTexts(await openQuestions()));
  await expect.element(page.getByRole('heading', { level: 1, name: '40 prompts and answers' })).toBeVisible();
  expect(page.getByRole('button', { name: 'Give a label' }).elements()).toEqual([]);
  expect(page.getByRole('button', { name: 'Add a class' }).elements()).toEqual([]);
  await expect.element(page.getByRole('link', { name: 'Choose a model' })).toBeVisible();
  await option(/^2 /).dblClick();
  const dialog = page.getByRole('dialog', { name: 'row 2' });
  await expect.element(dialog.getByRole('heading', { name: 'Person' })).toBeVisible();
  await expect.element(dialog.getByText('0 plus 1 is 1.')).toBeVisible();
});

test('columns are mapped on the page, and asked about where work would be lost', async () => {
  const table = tableOf(REVIEW_COLUMNS, reviews(), 'reviews.csv');
  const studio = await show(studioOfTexts(await withoutTextLabels(), {}, {}, table));
  const remaps = () => studio.calls.flatMap((call) => (call.kind === 'remap' ? [call.mapping] : []));
  await expect.element(page.getByRole('heading', { level: 1, name: '60 texts, not labelled yet' })).toBeVisible();
  await page.getByRole('combobox', { name: 'Label', exact: true }).click();
  await page.getByRole('option', { name: 'sentiment' }).click();
  await expect.element(page.getByRole('heading', { level: 1, name: '60 texts in 2 classes' })).toBeVisible();
  expect(remaps()).toEqual([{ layout: 'labelled', columns: { text: 'review', label: 'sentiment' } }]);
  await expect.element(page.getByRole('columnheader', { name: 'sentimentLabel' })).toBeVisible();

  (list().element() as HTMLElement).focus();
  await userEvent.keyboard('{Delete}');
  await said('1 text was left out.');
  await page.getByRole('combobox', { name: 'What the rows hold' }).click();
  await page.getByRole('option', { name: 'Prompts and answers' }).click();
  await expect.element(page.getByText('Choose a column for “Answer”.')).toBeVisible();
  await page.getByRole('combobox', { name: 'Answer' }).click();
  await page.getByRole('option', { name: 'from' }).click();
  await page.getByRole('dialog', { name: 'Read the table anew?' }).getByRole('button', { name: 'Cancel' }).click();
  expect(remaps()).toHaveLength(1);
  await expect.element(page.getByRole('combobox', { name: 'What the rows hold' })).toHaveValue('Texts with labels');
});

test('a column that does not fit leaves what was open, and says why', async () => {
  const values = { column: 'from', count: 10_000, most: 1000 };
  const remap = () => Promise.reject(new ProblemError('labels-too-many', values));
  await show(studioOfTexts(await openReviews(), {}, { remap }));
  await page.getByRole('combobox', { name: 'Label', exact: true }).click();
  await page.getByRole('option', { name: 'from' }).click();
  await expect.element(page.getByRole('alert')).toBeVisible();
  await expect.element(page.getByRole('combobox', { name: 'Label', exact: true })).toHaveValue('sentiment');
  await expect.element(page.getByRole('heading', { level: 1, name: '60 texts in 2 classes' })).toBeVisible();
});

test('two hundred thousand texts: only those in view stand on the page', async () => {
  await show(studioOfTexts(await openReviews(reviews(200_000))));
  await expect.element(option(/^2 /)).toBeVisible();
  (list().element() as HTMLElement).focus();
  const start = performance.now();
  await userEvent.keyboard('{End}');
  await expect.element(option(/^200,001 .*number 200000/)).toBeVisible();
  expect(performance.now() - start).toBeLessThan(3000);
  expect(list().getByRole('option').elements().length).toBeLessThan(40);
});

test.each(['light', 'dark'] as const)('what was found leaves nobody out in %s colours', async (scheme) => {
  localStorage.setItem('tuning-fork-scheme', scheme);
  const opened = await openReviews();
  const report = { findings: TEXT_FINDINGS, examined: 60, ms: 4, of: opened.summary() };
  const studio = studioOfTexts(opened, { wrongLabels: WRONG_TEXTS }, { report: () => report });
  await show(studio);
  await expect.element(page.getByText('The chosen model may not know this language')).toBeVisible();
  await expect.element(page.getByText(/61% are words broken/)).toBeVisible();
  await expect.poll(() => document.querySelectorAll('figure p').length).toBeGreaterThan(2);
  await new Promise((resolve) => setTimeout(resolve, 400));
  const { violations } = await axe.run(document, { resultTypes: ['violations'] });
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join('\n')}`)).toEqual([]);
  localStorage.removeItem('tuning-fork-scheme');
});
