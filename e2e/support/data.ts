import type { Locator, Page } from 'playwright';
import { expect } from 'vitest';
import { drop } from './drop.ts';
import { heard } from './engine.ts';
import { press } from './studio.ts';

/** Waits for the page's title: "24 pictures in 3 classes". */
export const titled = (page: Page, name: string): Promise<void> =>
  page.getByRole('heading', { level: 1, name, exact: true }).waitFor();

/** Drops files while a data set is open, and opens them in its place. */
export async function dropAnew(page: Page, ...paths: string[]): Promise<void> {
  await drop(page, ...paths);
  await press(page, 'Open as a new one');
}

// ---- the gallery

export const gallery = (page: Page): Locator => page.getByRole('listbox', { name: 'Pictures' });

/** A picture by its file: its name says class and split too. */
export const picture = (page: Page, file: string): Locator =>
  gallery(page).getByRole('option', { name: new RegExp(`^${file.replaceAll('.', '\\.')},`) });

/** The row of a class, which takes pictures and shows its own. */
export const classRow = (page: Page, name: string): Locator =>
  page.getByRole('list', { name: 'Show a class' }).getByTitle(name, { exact: true });

/** How many pictures of a class are in use, as its row says. */
async function sizeOf(page: Page, name: string): Promise<number> {
  const lines = (await classRow(page, name).innerText()).split(/\s*\n\s*/);
  // behind it may be that they are few
  return Number(lines.findLast((line) => /^[\d,]+$/.test(line))!.replaceAll(',', ''));
}

/** Waits until the class has so many. */
export const holds = (page: Page, name: string, count: number): Promise<void> =>
  expect.poll(() => sizeOf(page, name)).toBe(count);

export async function addClass(page: Page, button: string, name: string): Promise<void> {
  await page.getByRole('button', { name: button, exact: true }).first().click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
  await page.keyboard.press('Enter');
  await classRow(page, name).waitFor();
}

// ---- the report

export const report = (page: Page): Locator =>
  page.locator('section').filter({ has: page.getByRole('heading', { level: 2, name: 'Data report' }) });

/** What the report found, in its order, once it has looked the data over as it is now. */
export async function findings(page: Page): Promise<string[]> {
  await report(page)
    .getByText(/ read in /)
    .waitFor();
  return report(page).locator('[data-severity] h3').allInnerTexts();
}

/** One finding with its pictures and remedy. */
export const finding = (page: Page, title: string): Locator =>
  report(page)
    .locator('[data-severity]')
    .filter({ has: page.getByRole('heading', { name: title, exact: true }) });

/** File, class and split of the pictures that stand as examples. */
export const examplesOf = (found: Locator): Promise<string[]> =>
  found.getByRole('img').evaluateAll((images) => images.map((image) => image.getAttribute('alt') ?? ''));

/** Every sentence about files and rows that were left out. */
export async function leftOut(page: Page): Promise<string> {
  const note = report(page)
    .getByText(/files? or rows? (was|were) left out\./)
    .locator('..');
  const all = note.getByRole('button', { name: /^List all/ });
  if (await all.isVisible()) await all.click();
  return note.innerText();
}

/** What the engine said of the data set that it opened last. */
export async function opened(
  page: Page,
): Promise<{ problems: string[]; groups: { name: string; values: string[] }[] }> {
  const reply = await heard(page, 'open-files');
  if (reply.kind !== 'dataset') throw new Error('That was a model.');
  const { problems, groups } = reply.dataset;
  return {
    problems: problems.map(({ code }) => code),
    groups: groups.map(({ name, values }) => ({ name, values: [...values] })),
  };
}
