import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { OpenPage } from './support/browser.ts';
import { drop } from './support/drop.ts';
import { pictures, useDisk } from './support/pictures.ts';
import {
  chooseBackend,
  chooseMethod,
  chooseModel,
  ended,
  endedSaying,
  evaluate,
  type Found,
  openStudio,
  passes,
  press,
  runCard,
  start,
  toModel,
  type,
} from './support/studio.ts';

/** What a person has done is there again after a reload, in the middle of a run too. */
describe('a reload', () => {
  const disk = useDisk();
  let studio: OpenPage;
  let found: Found;

  beforeAll(async () => {
    studio = await openStudio();
    const { page } = studio;
    await chooseBackend(page, 'WASM');
    await drop(page, await disk.folder('digits', await pictures('digits-5-9', { each: 40 })));
    await page.getByRole('heading', { level: 1, name: '200 pictures in 5 classes' }).waitFor();
  });
  afterAll(() => studio?.close());

  /** The page is closed and opened again, and from its start back into the project. */
  async function comeBack(): Promise<void> {
    const { page } = studio;
    await page.goto('about:blank');
    await page.goto(inject('siteUrl'));
    await press(page, /^Go on with digits/);
  }

  it('in the middle of a run: the page offers to go on, from the last kept epoch', async () => {
    const { page } = studio;
    await toModel(page);
    await chooseModel(page, 'digits-cnn');
    await chooseMethod(page, 'Full');
    // long and slow: it must neither end nor stop early while the page is gone
    await type(page, 'Epochs', 1000);
    await type(page, 'Learning rate', 1e-5);
    await start(page);
    await passes(page, 60);
    // what was kept by then may be a second old
    await page.waitForTimeout(2000);
    await comeBack();
    await runCard(page).getByText('The page was closed or loaded anew while this run was training.').waitFor();
    await chooseBackend(page, 'WASM');
    await press(page, /^Go on from epoch \d+$/);
    await passes(page, 120);
    await press(page, 'Stop and keep best');
    await endedSaying(page, /best/);
    found = await evaluate(page);
  });

  it('after the run: its judgement is the very same', async () => {
    const { page } = studio;
    await comeBack();
    await chooseBackend(page, 'WASM');
    expect(await evaluate(page)).toEqual(found);
  });

  it('in a second tab: it is told that the first keeps the project', async () => {
    const { page } = studio;
    const second = await page.context().newPage();
    await second.goto(inject('siteUrl'));
    await press(second, /^Go on with digits/);
    await second.getByText('This project is open in another tab, which keeps it.').waitFor();
    await second.close();
  });

  it('and what is deleted is gone', async () => {
    const { page, errors } = studio;
    await page.getByRole('link', { name: 'Tuning Fork' }).click();
    await press(page, /^Delete digits/);
    await press(page, 'Delete for good');
    await page.getByRole('button', { name: /^Go on with digits/ }).waitFor({ state: 'detached' });
    await page.reload();
    await page.getByRole('heading', { level: 1 }).waitFor();
    await expect.poll(() => page.getByRole('button', { name: /^Go on with digits/ }).count()).toBe(0);
    expect(errors).toEqual([]);
  });
});

/** Where the browser keeps nothing, everything works all the same, and the page says so. */
describe('a browser that keeps nothing', () => {
  const disk = useDisk();

  it('has no room left: it is told with the bytes, the run goes on, and room that is made is used', async () => {
    const studio = await openStudio();
    const { page, errors } = studio;
    await chooseBackend(page, 'WASM');
    await drop(page, await disk.folder('first', await pictures('drawings', { each: 4 })));
    await page.getByText('Kept in this browser').waitFor();
    const quota = await page.context().newCDPSession(page);
    const { origin } = new URL(inject('siteUrl'));
    await quota.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 });
    await drop(page, await disk.folder('second', await pictures('digits-5-9', { each: 30 })));
    await press(page, 'Open as a new one');
    await page.getByText(/^The browser has no room left/).waitFor();
    await toModel(page);
    await chooseModel(page, 'digits-cnn');
    await type(page, 'Epochs', 1);
    await start(page);
    await ended(page);
    await quota.send('Storage.overrideQuotaForOrigin', { origin });
    await page.getByRole('link', { name: 'Tuning Fork' }).click();
    await press(page, /^Delete first/);
    await press(page, 'Delete for good');
    await page.getByRole('link', { name: /Data/ }).first().click();
    await page.getByText('Kept in this browser').waitFor();
    expect(errors).toEqual([]);
    await studio.close();
  });

  it('gives no storage at all, as a private window may: it is told, and a run ends with weights to take home', async () => {
    const deny = `Object.defineProperty(navigator.storage, 'getDirectory', {
      value: () => Promise.reject(new DOMException('denied', 'SecurityError')),
    });\n`;
    const studio = await openStudio({
      prepare: (page) =>
        page.route('**/assets/main-*.js', async (route) => {
          const response = await route.fetch();
          await route.fulfill({ response, body: deny + (await response.text()) });
        }),
    });
    const { page, errors } = studio;
    await chooseBackend(page, 'WASM');
    await drop(page, await disk.folder('digits', await pictures('digits-5-9', { each: 30 })));
    await page.getByText(/private window/).waitFor();
    await toModel(page);
    await chooseModel(page, 'digits-cnn');
    await type(page, 'Epochs', 1);
    await start(page);
    await ended(page);
    expect((await evaluate(page)).of).toBeGreaterThan(0);
    expect(errors).toEqual([]);
    await studio.close();
  });
});
