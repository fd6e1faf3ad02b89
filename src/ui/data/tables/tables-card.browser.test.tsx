import { beforeEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { useStudio } from '../../studio-context.tsx';
import { render } from '../../testing/render.tsx';
import { runOf, runsOf } from '../../testing/run-fixtures.ts';
import { openReviews, REVIEW_COLUMNS, reviews, studioOfTexts, tableOf } from '../../testing/text-fixtures.ts';
import { TablesCard } from './tables-card.tsx';

type Studio = ReturnType<typeof studioOfTexts>;

function Open() {
  const dataset = useStudio((state) => state.dataset);
  return dataset?.kind === 'text' && <TablesCard dataset={dataset} />;
}

async function show(state: Parameters<typeof studioOfTexts>[1] = {}): Promise<Studio> {
  const table = tableOf(REVIEW_COLUMNS, reviews(), 'reviews.csv');
  const studio = studioOfTexts(await openReviews(), state, {}, table);
  await render(<Open />, studio);
  return studio;
}
const remaps = ({ calls }: Studio) => calls.flatMap((call) => (call.kind === 'remap' ? [call.mapping] : []));
const label = () => page.getByRole('combobox', { name: 'Label', exact: true });
const dialog = () => page.getByRole('dialog', { name: 'Read the table anew?' });

async function labelBy(column: string): Promise<void> {
  await label().click();
  await page.getByRole('option', { name: column }).click();
}

beforeEach(() => page.viewport(1440, 900));

test('columns are read anew at once where nothing was done with them', async () => {
  const studio = await show();
  await labelBy('from');
  await expect.element(label()).toHaveValue('from');
  await expect.poll(() => remaps(studio)).toEqual([{ layout: 'labelled', columns: { text: 'review', label: 'from' } }]);
  expect(dialog().elements()).toEqual([]);
});

test('edits are asked about: no and Escape leave them, yes reads anew without them', async () => {
  const studio = await show();
  const open = () => studio.store.getState().dataset!;
  await studio.actions.edit({ kind: 'exclude', ids: [3, 4] });
  for (const leave of [
    () => dialog().getByRole('button', { name: 'Cancel' }).click(),
    () => userEvent.keyboard('{Escape}'),
  ]) {
    await labelBy('from');
    await expect.element(dialog()).toHaveTextContent('What you changed in the texts is lost.');
    await expect.element(dialog()).not.toHaveTextContent('start page');
    await leave();
    await expect.poll(() => dialog().elements()).toEqual([]);
    await expect.element(label()).toHaveValue('sentiment');
  }
  expect(remaps(studio)).toEqual([]);
  expect(open().undo).toEqual({ kind: 'exclude', count: 2 });

  await labelBy('from');
  await dialog().getByRole('button', { name: 'Read anew' }).click();
  await expect.poll(() => open().classes.map(({ name }) => name)).toEqual(['phone', 'web']);
  expect(open().undo).toBeUndefined();
  expect(open().examples.excluded.reduce((sum, one) => sum + one, 0)).toBe(0);
});

test('runs are asked about too, and so is another way to read the file', async () => {
  const studio = await show(runsOf(runOf()));
  await page.getByRole('button', { name: 'Change' }).click();
  await page.getByRole('switch', { name: 'The first row names the columns' }).click({ force: true });
  await expect.element(dialog()).toHaveTextContent(/^.*1 run belongs to the data as they are.*start page/);
  await expect.element(dialog()).not.toHaveTextContent('is lost');
  await dialog().getByRole('button', { name: 'Cancel' }).click();
  expect(remaps(studio)).toEqual([]);
  expect(Object.keys(studio.store.getState().runs)).toHaveLength(1);
});
