import { readFile } from 'node:fs/promises';
import { unzipSync } from 'fflate';
import type { Locator, Page } from 'playwright';
import { expect, inject, vi } from 'vitest';
import { type OpenPage, openPage, type PageOptions } from './browser.ts';
import { listen } from './engine.ts';

/** A software adapter takes its time: a run of a walk may last so long. */
const PATIENCE = 150_000;

/** Looks again until everything that `look` asserts is true: a page says late what its engine or a chunk says late. */
export const eventually = <T>(look: () => Promise<T>): Promise<T> =>
  vi.waitFor(look, { timeout: 30_000, interval: 100 });

/** Goes to an address of the studio, and waits until its screen stands with what it asks the engine for. */
export async function go(page: Page, hash: `#/${string}`): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, hash);
  const screen = hash.split('/')[1] || 'start';
  await page.locator(`main[data-screen="${screen}"]`).waitFor();
  await page.waitForFunction(() => !document.querySelector('.mantine-Skeleton-root'));
}

/** The built studio in a browser of its own; `prepare` may set up the page before it loads. */
export async function openStudio(
  options: PageOptions & { prepare?(page: Page): Promise<unknown> } = {},
): Promise<OpenPage> {
  const { prepare, ...rest } = options;
  const opened = await openPage(rest);
  opened.page.setDefaultTimeout(PATIENCE);
  await listen(opened.page);
  await prepare?.(opened.page);
  await opened.page.goto(inject('siteUrl'));
  return opened;
}

// ---- where it computes

/** What the bar says that it computes on: "WebGPU in software", "No GPU running on WASM". */
export const backendBadge = (page: Page): Locator => page.getByRole('button', { name: /^Computes on / });

export async function chooseBackend(page: Page, choice: 'WebGPU' | 'WASM'): Promise<void> {
  await backendBadge(page).click();
  await page.getByRole('menuitemradio', { name: new RegExp(`^${choice}`) }).click();
  await page.getByRole('button', { name: new RegExp(`^Computes on ${choice} `) }).waitFor();
}

/**
 * Waits until the open menu says `words`: the adapter or the threads, and why it came to this. The words of a problem
 * load when one is first said.
 */
export async function backendSays(page: Page, words: RegExp): Promise<void> {
  await backendBadge(page).click();
  await expect.poll(() => page.getByRole('menu').innerText(), { timeout: 30_000 }).toMatch(words);
  await page.keyboard.press('Escape');
}

// ---- settings

export const toModel = (page: Page): Promise<void> => page.getByRole('link', { name: 'Choose a model' }).click();

/** Chooses a radio button, wherever it moves to while what stands above it is still being worked out. */
export async function choose(page: Page, name: RegExp): Promise<void> {
  await page.getByRole('radio', { name }).press(' ');
  await page.getByRole('radio', { name, checked: true }).waitFor();
}

export const chooseModel = (page: Page, id: string): Promise<void> => choose(page, new RegExp(`^${id}`));
export const chooseMethod = (page: Page, name: 'Full' | 'Head only' | 'Last stages'): Promise<void> =>
  choose(page, new RegExp(`^${name}`));

/** Types into a field and leaves it, as a person would. */
export async function type(page: Page, label: string, value: number): Promise<void> {
  const field = page.getByRole('textbox', { name: label, exact: true });
  await field.fill(String(value));
  await field.press('Tab');
}

export async function toggle(page: Page, label: string, on: boolean): Promise<void> {
  const field = page.getByRole('switch', { name: label, exact: true });
  if ((await field.isChecked()) !== on) await field.press(' ');
}

export const moreSettings = (page: Page): Promise<void> =>
  page.getByRole('button', { name: 'More settings' }).first().click();

// ---- a run

export const press = (page: Page, name: string | RegExp): Promise<void> =>
  page.getByRole('button', typeof name === 'string' ? { name, exact: true } : { name }).click();

export const start = (page: Page): Promise<void> => press(page, /^Start run/);

export const runCard = (page: Page, number = 1): Locator => page.getByRole('region', { name: `Run ${number}` });

/** Optimizer steps done, as the page says. */
export async function stepOf(page: Page, number = 1): Promise<number> {
  const words = await runCard(page, number)
    .getByText(/^Epoch .* · step /)
    .innerText();
  return Number(words.replace(/^.* · step /, '').replaceAll(',', ''));
}

/** Waits until the run is past a step, which a fast machine may never show by itself. */
export const passes = (page: Page, step: number, number = 1): Promise<void> =>
  expect.poll(() => stepOf(page, number), { timeout: PATIENCE }).toBeGreaterThan(step);

/** Waits until `look` sees something else. */
export const changes = (look: () => Promise<string>, before: string): Promise<void> =>
  expect.poll(look, { timeout: PATIENCE }).not.toBe(before);

/** Waits until the run has ended. */
export const ended = (page: Page, number = 1): Promise<void> =>
  runCard(page, number).getByRole('button', { name: 'New run', exact: true }).waitFor();

/** Waits until the page says so of a run that has ended, and gives what the words matched. */
export async function endedSaying(page: Page, words: RegExp, number = 1): Promise<RegExpMatchArray> {
  await ended(page, number);
  return eventually(async () => {
    const said = await runCard(page, number).innerText();
    expect(said).toMatch(words);
    return said.match(words)!;
  });
}

/** Everything that the loss chart draws, as its paths say it. */
export const drawn = async (page: Page): Promise<string> =>
  (
    await page
      .getByRole('figure', { name: /^Loss/ })
      .locator('path.curve')
      .evaluateAll((paths) => paths.map((path) => path.getAttribute('d')))
  ).join(' ');

// ---- what comes out

/** Presses a button or link that saves a file, and gives the file. */
export async function save(page: Page, name: string | RegExp, path: string): Promise<Uint8Array> {
  const saved = page.waitForEvent('download');
  await press(page, name);
  await (await saved).saveAs(path);
  return new Uint8Array(await readFile(path));
}

/** Opens a card's downloads and saves the one of this kind. */
export async function saveFrom(
  page: Page,
  card: RegExp,
  kind: 'CSV' | 'SVG' | 'PNG',
  path: string,
): Promise<Uint8Array> {
  await press(page, card);
  const saved = page.waitForEvent('download');
  // one that was open before may still be on its way out
  const menu = page.getByRole('menu', { name: card });
  await menu.getByRole('menuitem', { name: new RegExp(kind) }).click();
  await (await saved).saveAs(path);
  return new Uint8Array(await readFile(path));
}

export const saveCurves = (page: Page, path: string): Promise<Uint8Array> =>
  saveFrom(page, /^Download: Loss/, 'CSV', path);

/** Goes to Export and downloads the run: what is in the zip, by name. */
export async function takeHome(page: Page, path: string): Promise<Record<string, Uint8Array>> {
  await page
    .getByRole('link', { name: /Export/ })
    .first()
    .click();
  return unzipSync(await save(page, /^Download, /, path));
}

export interface Found {
  /** As the page says it. */
  right: number;
  of: number;
  share: string;
  /** `confusion[truth][answer]` */
  confusion: number[][];
}

/** Goes to Evaluate and reads what it found. */
export async function evaluate(page: Page): Promise<Found> {
  await page
    .getByRole('link', { name: /Evaluate/ })
    .first()
    .click();
  const words = await page.getByText(/^[\d,]+ of [\d,]+ · 95% interval/).innerText();
  const [right, of] = words.match(/\d+/g)!.map(Number);
  const title = await page.getByRole('heading', { level: 1, name: /%/ }).innerText();
  const rows = page.getByRole('region', { name: 'Confusion matrix' }).locator('tbody tr');
  // it is drawn after the figures
  await rows.first().waitFor();
  const confusion = await rows.evaluateAll((trs) =>
    trs.map((tr) => [...tr.querySelectorAll('td')].map((td) => Number(td.innerText))),
  );
  return { right: right!, of: of!, share: title.match(/[\d.]+%/)?.[0] ?? '', confusion };
}

/** Brings one picture to the models. */
export async function tryPicture(page: Page, path: string): Promise<void> {
  // a model without data has this part alone
  const section = page.getByRole('link', { name: 'Try it', exact: true });
  await section
    .or(page.getByRole('button', { name: 'Try a picture', exact: true }))
    .first()
    .waitFor();
  if (await section.isVisible()) await section.click();
  const picker = page.waitForEvent('filechooser');
  await press(page, 'Try a picture');
  await (await picker).setFiles(path);
  await page
    .getByRole('figure')
    .filter({ hasText: path.split('/').at(-1)! })
    .waitFor();
}
