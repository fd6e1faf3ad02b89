import type { Locator, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenPage } from './support/browser.ts';
import { csvFrom, percent } from './support/downloads.ts';
import { drop } from './support/drop.ts';
import { type Files, pictures, renamed, useDisk } from './support/pictures.ts';
import { mean, meanOfThree } from './support/scores.ts';
import {
  changes,
  chooseBackend,
  chooseMethod,
  chooseModel,
  drawn,
  ended,
  evaluate,
  eventually,
  go,
  openStudio,
  press,
  start,
  takeHome,
  toggle,
  type,
} from './support/studio.ts';

const disk = useDisk();

/** The small model on digits, with its first method and that method's settings. */
async function openDigits(page: Page, files: Files, name: string): Promise<void> {
  await chooseBackend(page, 'WASM');
  await drop(page, await disk.folder(name, files));
  await page.getByRole('heading', { level: 1, name: `${files.size} pictures in 5 classes` }).waitFor();
  await go(page, '#/model');
  await chooseModel(page, 'digits-cnn');
  await chooseMethod(page, 'Head only');
}

const startButton = (page: Page): Locator => page.getByRole('button', { name: /^Start run/ });

const seriesCard = (page: Page): Locator =>
  page.locator('section').filter({ has: page.getByRole('heading', { name: 'Draws of 4 examples a class' }) });

/** What a run that is over is told, in its order: a title and all its words. */
async function advice(page: Page): Promise<{ title: string; words: string; item: Locator }[]> {
  const card = page.locator('section').filter({ has: page.getByRole('heading', { name: 'What to try next' }) });
  await card.locator('li[data-severity]').getByRole('heading').first().waitFor();
  const items = await card.locator('li[data-severity]').all();
  return Promise.all(
    items.map(async (item) => ({
      title: await item.getByRole('heading').innerText(),
      words: (await item.innerText()).replaceAll(/\s+/g, ' '),
      item,
    })),
  );
}

describe('what to try next', () => {
  let studio: OpenPage;
  const csv = () => csvFrom(studio.page, disk, 'Loss and accuracy');
  /** Of the epochs: the model before training is none of them. */
  const bestLoss = async (): Promise<number> =>
    Math.min(
      ...(await csv())
        .filter(({ split, epoch }) => split === 'validation' && Number(epoch) > 0)
        .map(({ loss }) => Number(loss)),
    );
  let spoilt: number;

  beforeAll(async () => {
    studio = await openStudio();
    await openDigits(studio.page, await pictures('digits-5-9', { each: 40 }), 'digits');
  });
  afterAll(() => studio?.close());

  it('names a learning rate that is too high before anything else, with its evidence', async () => {
    const { page } = studio;
    await type(page, 'Learning rate', 1);
    await type(page, 'Epochs', 6);
    await page.getByText(/^6 epochs of /).waitFor();
    await start(page);
    await ended(page);
    const [first] = await advice(page);
    expect(first!.title).toBe('The learning rate is too high');
    const points = (await csv()).filter(({ split }) => split === 'train');
    const losses = [1, 2, 3, 4, 5, 6].map((epoch) => {
      const own = points.filter((point) => Math.ceil(Number(point.epoch) - 1e-6) === epoch);
      const pictures = own.map(({ examples }) => Number(examples));
      return mean(own.map(({ loss }, i) => Number(loss) * pictures[i]!)) / mean(pictures);
    });
    const worst = Math.max(...losses);
    expect(first!.words).toContain(
      `In epoch ${losses.indexOf(worst) + 1} the training loss was ${worst.toFixed(worst < 10 ? 3 : 1)};`,
    );
    spoilt = await bestLoss();
  });

  it('sets the next run up at a click: what it changes is marked, and can be taken back', async () => {
    const { page } = studio;
    const [first] = await advice(page);
    expect(first!.words).toMatch(/Learning rate 1 0\.1/);
    await first!.item.getByRole('button', { name: 'Set it up' }).click();
    const note = page.getByRole('status').filter({ hasText: 'Set up from run 1: The learning rate is too high' });
    await note.waitFor();
    const field = page.getByRole('textbox', { name: 'Learning rate', exact: true });
    const marks = page.getByText('changed', { exact: true });
    await expect.poll(() => field.inputValue()).toBe('0.1');
    await expect.poll(() => marks.count()).toBe(1);
    await expect.poll(() => marks.locator('xpath=..').innerText()).toContain('Learning rate');
    await note.getByRole('button', { name: 'Take it back' }).click();
    await note.waitFor({ state: 'hidden' });
    await expect.poll(() => field.inputValue()).toBe('1');
    await expect.poll(() => marks.count()).toBe(0);
  });

  it('starts it at a click, and it is better', async () => {
    const { page } = studio;
    await go(page, '#/train');
    const [first] = await advice(page);
    await first!.item.getByRole('button', { name: 'Start it now' }).click();
    await ended(page, 2);
    expect(await bestLoss()).toBeLessThan(spoilt);
  });

  it('names one that is too low, and goes back to the usual one', async () => {
    const { page } = studio;
    await go(page, '#/model');
    await type(page, 'Learning rate', 1e-6);
    await type(page, 'Epochs', 30);
    await page.getByText(/^30 epochs of /).waitFor();
    await start(page);
    await ended(page, 3);
    const [first] = await advice(page);
    expect(first!.title).toBe('The learning rate is too low');
    const crawled = await bestLoss();
    await first!.item.getByRole('button', { name: 'Start it now' }).click();
    await ended(page, 4);
    expect(await bestLoss()).toBeLessThan(crawled / 2);
  });

  it('has nothing to mend in a run that went well, only things to try', async () => {
    const { page, errors } = studio;
    await page.getByText('Nothing to mend.', { exact: true }).waitFor();
    const titles = (await advice(page)).map(({ title }) => title);
    expect(titles).toContain('Train on altered pictures');
    expect(titles.filter((title) => /too (high|low)|still getting better|by heart|own pictures/.test(title))).toEqual(
      [],
    );
    const { right, of } = await evaluate(page);
    expect(of).toBe(30);
    expect(right).toBeGreaterThan(20);
    expect(errors).toEqual([]);
  });
});

describe('before a run', () => {
  let studio: OpenPage;
  let digits: Files;

  beforeAll(async () => {
    studio = await openStudio();
    digits = await pictures('digits-5-9', { each: 40 });
    await chooseBackend(studio.page, 'WASM');
  });
  afterAll(() => studio?.close());

  it('says why it cannot start: one class tells nothing apart', async () => {
    const { page } = studio;
    const fives = await pictures('digits-5-9', { each: 40, classes: ['5'] });
    await drop(page, await disk.folder('one', renamed(fives, { 5: 'five' })));
    await page.getByRole('heading', { level: 1, name: '40 pictures in 1 class' }).waitFor();
    await go(page, '#/model');
    const reason = page.getByText('There is only one class with enough pictures. A model needs two to tell apart.');
    await reason.first().waitFor();
    await expect.poll(() => startButton(page).isDisabled()).toBe(true);
  });

  it('measures which model fits, and takes one at a click', async () => {
    const { page } = studio;
    await drop(page, await disk.folder('all', digits));
    await press(page, 'Open as a new one');
    await page.getByRole('heading', { level: 1, name: '200 pictures in 5 classes' }).waitFor();
    await go(page, '#/model');
    await press(page, 'Which model fits?');
    const table = page.getByRole('region', { name: 'Which model fits' }).getByRole('table');
    await table.waitFor();
    const row = (id: string) => table.getByRole('row').filter({ has: page.getByRole('rowheader', { name: id }) });
    for (const id of ['digits-cnn', 'efficientnet-lite0'])
      await eventually(async () => {
        const words = (await row(id).innerText()).replaceAll(/\s+/g, ' ');
        const [, share, of, low, high] = words.match(/(\d+)% of (\d+) pictures, (\d+)% to (\d+)%/)!.map(Number);
        expect([low! <= share!, share! <= high!, of! > 0]).toEqual([true, true, true]);
        // features that are worth anything beat a guess among five
        expect(low, id).toBeGreaterThan(20);
        // a run that trains all of it, and one of its head, at the least
        expect(words.match(/≈/g)?.length, id).toBeGreaterThanOrEqual(2);
      });
    await expect.poll(() => table.getByText('best here').count()).toBe(1);
    await expect.poll(() => row('efficientnet-lite0').innerText()).toContain('smaller than its input');
    for (const id of ['efficientnet-lite0', 'digits-cnn']) {
      const button = row(id).getByRole('button', { name: `Choose ${id}` });
      if (await button.isVisible()) await button.click();
      await page.getByRole('radio', { name: new RegExp(`^${id}`), checked: true }).waitFor();
      await row(id).getByText('chosen', { exact: true }).waitFor();
    }
  });

  describe('altered pictures', () => {
    const preview = (page: Page): Locator =>
      page.getByRole('listitem').filter({ has: page.getByRole('img', { name: 'As it was dropped' }) });
    /** Brightness of every picture of the preview, row by row, the original first; each 28 px square. */
    const shown = (page: Page): Promise<number[][][]> =>
      preview(page).evaluateAll((rows) =>
        Promise.all(
          rows.map((row) =>
            Promise.all(
              [...row.querySelectorAll('img')].map(async (image) => {
                await image.decode();
                const context = new OffscreenCanvas(28, 28).getContext('2d')!;
                context.drawImage(image, 0, 0, 28, 28);
                const { data } = context.getImageData(0, 0, 28, 28);
                return Array.from({ length: 28 * 28 }, (_, i) => data[4 * i]!);
              }),
            ),
          ),
        ),
      );
    /** Mean difference of two pictures, of 255. */
    const apart = (a: readonly number[], b: readonly number[]) => mean(a.map((value, i) => Math.abs(value - b[i]!)));
    const upsideDown = (picture: readonly number[]) =>
      picture.map((_, i) => picture[28 * (27 - Math.floor(i / 28)) + (i % 28)]!);

    it('are shown beside the originals before the run', async () => {
      const { page } = studio;
      await chooseMethod(page, 'Head only');
      await toggle(page, 'Altered pictures', true);
      const rows = await eventually(async () => {
        const rows = await shown(page);
        expect(rows.map((row) => row.length)).toEqual([5, 5, 5, 5]);
        return rows;
      });
      for (const [original, ...views] of rows) {
        for (const view of views) expect(apart(original!, view)).toBeGreaterThan(2);
        expect(new Set(views.map(String)).size).toBe(4);
      }
      await press(page, 'Draw again');
      await changes(async () => JSON.stringify(await shown(page)), JSON.stringify(rows));
    });

    it('are what the settings say: upside down, half of the time, and nothing else', async () => {
      const { page } = studio;
      await toggle(page, 'Turn upside down', true);
      for (const label of ['Cut away up to', 'Turn up to (degrees)', 'Change colours by']) await type(page, label, 0);
      const turned = async () =>
        (await shown(page)).flatMap(([original, ...views]) =>
          views.map((view) => {
            const [same, flipped] = [apart(original!, view), apart(upsideDown(original!), view)];
            return Math.min(same, flipped) > 2 ? 'other' : same < flipped ? 'same' : 'turned';
          }),
        );
      await expect.poll(async () => new Set(await turned())).toEqual(new Set(['same', 'turned']));
    });

    it('train, and the model card tells', async () => {
      const { page } = studio;
      // the other way round nothing would be left on, and the settings would close
      await type(page, 'Turn up to (degrees)', 15);
      await toggle(page, 'Turn upside down', false);
      await type(page, 'Versions kept', 3);
      await type(page, 'Epochs', 4);
      await page.getByText(/^4 epochs of /).waitFor();
      await page.getByText(/^The frozen part of the model runs once for each version: 3 altered versions /).waitFor();
      await start(page);
      await ended(page);
      await evaluate(page);
      const files = await takeHome(page, disk.path('altered.zip'));
      const text = (name: string) => new TextDecoder().decode(files[name]);
      expect(JSON.parse(text('settings.json')).settings.augmentation).toEqual({
        flipHorizontal: false,
        flipVertical: false,
        crop: 0,
        rotate: 15,
        colour: 0,
        erase: 0,
        mixup: 0,
        cutmix: 0,
        synonyms: 0,
        swap: 0,
        deletion: 0,
        views: 3,
      });
      const told =
        'turned by up to 15 degrees either way; where frozen layers were computed once, 3 views of each picture';
      expect(text('README.md')).toContain(`| augmentation of training pictures | ${told} |`);
      await expect.poll(async () => (await page.getByRole('main').innerText()).replaceAll(/\s+/g, ' ')).toContain(told);
    });
  });

  it('few examples: three draws of four of each class, their mean and how far it may be off', async () => {
    const { page, errors } = studio;
    await go(page, '#/model');
    await toggle(page, 'Altered pictures', false);
    await type(page, 'Examples of each class', 4);
    await type(page, 'Draws', 3);
    await type(page, 'Epochs', 10);
    await page.getByText(/^10 epochs of 2 steps: 20 steps/).waitFor();
    await press(page, 'Start 3 runs');
    await page.getByText('3 of 3 draws, judged on the test set.').waitFor();
    const draws = page.getByRole('button', { name: /^Draw [123]/ });
    const shares = await eventually(async () => {
      const shares = (await draws.allInnerTexts()).map((words) => Number(words.match(/([\d.]+)%/)![1]) / 100);
      expect(shares).toHaveLength(3);
      return shares;
    });
    // of 30 test pictures: what the page rounds is known exactly
    const exact = shares.map((share) => Math.round(30 * share) / 30) as [number, number, number];
    expect(exact.map((share) => percent(share))).toEqual(shares.map((share) => percent(share)));
    const { mean: centre, low, high } = meanOfThree(exact);
    const words = async () => (await seriesCard(page).innerText()).replaceAll(/\s+/g, ' ');
    await expect.poll(words).toContain(`${percent(centre)} right on average, ${percent(low)} to ${percent(high)}`);
    const curves: string[] = [];
    for (const place of [0, 1, 2]) {
      await draws.nth(place).click();
      await page.getByRole('region', { name: `Run ${place + 2}` }).waitFor();
      curves.push(await drawn(page));
    }
    expect(new Set(curves).size).toBe(3);
    expect(errors).toEqual([]);
  });
});
