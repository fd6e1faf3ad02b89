import { beforeEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { DatasetEdit, ImageSummary } from '@/protocol/dataset.ts';
import { useStudio } from '../../studio-context.tsx';
import { datasetOf, studioOf } from '../../testing/fixtures.ts';
import { edited, withoutLabels } from '../../testing/opened.ts';
import { render } from '../../testing/render.tsx';
import { DataScreen } from '../data-screen.tsx';

const SMALL = { Basil: 5, Mint: 4, Thyme: 4 };
const option = (name: RegExp) => page.getByRole('option', { name });
const list = () => page.getByRole('listbox', { name: 'Pictures' });

function Screen() {
  return useStudio((state) => state.dataset) ? <DataScreen /> : null;
}

/** The data screen on a data set whose edits take effect as in the engine. */
async function show(dataset: ImageSummary = datasetOf(SMALL)) {
  const studio = await render(<Screen />, studioOf({ dataset }, edited(dataset)));
  await expect.element(list()).toBeVisible();
  const edits = (): DatasetEdit[] => studio.calls.flatMap((call) => (call.kind === 'edit' ? [call.edit] : []));
  return { ...studio, edits };
}
const said = (words: string) => expect.element(page.getByRole('status').filter({ hasText: words })).toBeInTheDocument();

beforeEach(() => page.viewport(1440, 900));

test('keys walk, pick, give classes, leave out and undo, and a voice says what was done', async () => {
  const { edits } = await show();
  (list().element() as HTMLElement).focus();
  await userEvent.keyboard('{ArrowRight} {Shift>}{ArrowRight}{/Shift}');
  await expect.element(page.getByText('2 picked')).toBeVisible();
  await userEvent.keyboard('2');
  await said('2 pictures are now Mint.');
  expect(edits()).toEqual([{ kind: 'label', ids: [1, 2], label: 1 }]);
  // the next one is under the keys: no picking in between
  await userEvent.keyboard('3{Delete}');
  await expect.poll(() => edits()).toHaveLength(3);
  expect(edits().slice(1)).toEqual([
    { kind: 'label', ids: [3], label: 2 },
    { kind: 'exclude', ids: [4] },
  ]);
  await expect.element(option(/IMG_0005.*Basil, left out/)).toBeVisible();
  await page.getByRole('button', { name: 'Undo: leave out 1 picture' }).click();
  await said('Undone: leave out 1 picture.');
  await userEvent.keyboard('{Control>}z{/Control}');
  await said('Undone: move 1 picture.');
});

test('click, Ctrl and Shift pick; only what is shown stays picked', async () => {
  await show();
  await option(/IMG_0001.*Basil/).click();
  await option(/IMG_0003.*Basil/).click({ modifiers: ['Shift'] });
  await option(/IMG_0001.*Thyme/).click({ modifiers: ['Control'] });
  await expect.element(page.getByText('4 picked')).toBeVisible();
  await page.getByRole('button', { name: /^1? ?Basil/ }).click();
  await expect.element(page.getByText('3 picked')).toBeVisible();
  await page.getByRole('searchbox', { name: 'Find by file name' }).fill('IMG_0002');
  await expect.element(page.getByText('1 picked')).toBeVisible();
  await expect.poll(() => page.getByRole('option', { name: /IMG_/ }).elements()).toHaveLength(1);
});

test('a class is found by typing, or made', async () => {
  const { edits } = await show();
  await option(/IMG_0001.*Basil/).click();
  await page.getByRole('button', { name: 'Move to a class' }).click();
  const search = page.getByPlaceholder('Find or name a class');
  await search.fill('thy');
  await expect.element(page.getByRole('option', { name: 'Thyme', exact: true })).toBeVisible();
  await userEvent.keyboard('{Enter}');
  await said('1 picture is now Thyme.');
  await option(/IMG_0002.*Basil/).click();
  await page.getByRole('button', { name: 'Move to a class' }).click();
  await search.fill('Sage');
  await page.getByRole('option', { name: 'Make the class “Sage”' }).click();
  await said('1 picture is now');
  expect(edits()).toEqual([
    { kind: 'label', ids: [0], label: 2 },
    { kind: 'add-class', name: 'Sage' },
    { kind: 'label', ids: [1], label: 3 },
  ]);
});

test('pictures are dragged onto a class', async () => {
  const { edits } = await show();
  await option(/IMG_0001.*Basil/).click();
  await option(/IMG_0002.*Basil/).click({ modifiers: ['Control'] });
  await option(/IMG_0002.*Basil/).dropTo(page.getByRole('button', { name: /^2? ?Mint/ }));
  await said('2 pictures are now Mint.');
  expect(edits()).toEqual([{ kind: 'label', ids: [0, 1], label: 1 }]);
});

test('loose pictures: the page says what to do, and why no model can be chosen yet', async () => {
  const { edits } = await show(withoutLabels(datasetOf(SMALL)));
  await expect.element(page.getByRole('heading', { level: 1, name: '13 pictures, not sorted yet' })).toBeVisible();
  await expect.element(page.getByRole('button', { name: 'Choose a model' })).toBeDisabled();
  await expect.element(page.getByText(/^Nothing is sorted yet/)).toBeVisible();
  await page.getByRole('button', { name: 'Make the first class' }).click();
  await userEvent.keyboard('Basil{Enter}');
  await expect.poll(() => edits()).toEqual([{ kind: 'add-class', name: 'Basil' }]);
  await expect.element(page.getByRole('button', { name: /^1? ?Basil/ })).toBeVisible();
});

test('ten thousand pictures in five hundred classes: only those in view stand on the page', async () => {
  const classes = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`class ${i}`, 20]));
  await show(datasetOf(classes));
  expect(page.getByRole('option', { name: /IMG_/ }).elements().length).toBeLessThan(150);
  (list().element() as HTMLElement).focus();
  await userEvent.keyboard('{End}');
  await expect.element(option(/IMG_0020.jpg, class 499/)).toBeVisible();
  expect(page.getByRole('option', { name: /IMG_/ }).elements().length).toBeLessThan(150);
});

test('a picture is looked at, and its neighbours by the arrow keys', async () => {
  const { calls } = await show();
  await option(/IMG_0001.*Basil/).dblClick();
  await expect.element(page.getByRole('dialog', { name: 'IMG_0001.jpg' })).toBeVisible();
  await expect.element(page.getByText('1 of 13')).toBeVisible();
  await userEvent.keyboard('{ArrowRight}');
  await expect.element(page.getByRole('dialog', { name: 'IMG_0002.jpg' })).toBeVisible();
  expect(calls.flatMap((call) => (call.kind === 'picture' ? [call.id] : []))).toEqual([0, 1]);
});
