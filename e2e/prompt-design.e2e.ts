import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenPage } from './support/browser.ts';
import { drop } from './support/drop.ts';
import { useDisk } from './support/pictures.ts';
import {
  choose,
  chooseBackend,
  chooseModel,
  ended,
  eventually,
  openStudio,
  runCard,
  start,
  toModel,
  type,
} from './support/studio.ts';

const NAMES = ['whale', 'ship', 'captain', 'harpoon', 'sea', 'boat', 'mast', 'sail', 'crew', 'storm', 'anchor', 'deck'];
const TEXTS = NAMES.flatMap((name) => [`The old ${name} was black,dark`, `The new ${name} was white,bright`]);

/** Labelled texts before a frozen GPT: no weight moves, and the run is judged as every other is. */
describe('learning by prompt, on WASM', () => {
  const disk = useDisk();
  let studio: OpenPage;
  beforeAll(async () => {
    studio = await openStudio();
    await chooseBackend(studio.page, 'WASM');
  });
  afterAll(() => studio?.close());

  it('puts solved examples before every question, and shows them with the figures of validation', async () => {
    const { page } = studio;
    await drop(page, await disk.file('logs.csv', ['text,label', ...TEXTS].join('\n')));
    await page.getByRole('heading', { level: 1, name: '24 texts in 2 classes' }).waitFor();
    await toModel(page);
    await page.getByRole('radio', { name: /^minilm-l6/, checked: true }).waitFor();
    await chooseModel(page, 'tiny-gpt');
    await page.getByRole('radio', { name: /^tiny-gpt/, checked: true }).waitFor();
    await choose(page, /^Prompt design/);
    await type(page, 'Solved examples', 2);
    await start(page);
    await ended(page);
    await eventually(async () => {
      const prompt = await page.getByRole('region', { name: 'Before every question' }).innerText();
      const shown = TEXTS.filter((row) => prompt.includes(row.split(',')[0]!));
      // one of each class, with its answer
      expect(shown.map((row) => row.split(',')[1]).toSorted()).toEqual(['bright', 'dark']);
      for (const word of ['bright', 'dark']) expect(prompt).toContain(word);
    });
    await runCard(page)
      .getByText(/perplexity/i)
      .first()
      .waitFor();
  });

  it('stands beside other runs in Compare, with no weight that moved', async () => {
    const { page, errors } = studio;
    await page.getByRole('link', { name: 'Compare' }).first().click();
    const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: /^1 · Prompt design/ }) });
    await expect.poll(() => row.locator('td[data-label="Trainable"]').innerText()).toBe('0');
    await expect.poll(() => row.locator('td[data-label="Best loss"]').innerText()).toMatch(/^\d+\.\d{3}$/);
    expect(errors).toEqual([]);
  });
});
