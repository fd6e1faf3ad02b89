import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import Papa from 'papaparse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenPage } from './support/browser.ts';
import { drop } from './support/drop.ts';
import { useDisk } from './support/pictures.ts';
import {
  chooseBackend,
  chooseMethod,
  ended,
  endedSaying,
  evaluate,
  openStudio,
  press,
  runCard,
  start,
  takeHome,
  toModel,
  type,
} from './support/studio.ts';

const sample = (file: string) => readFile(fileURLToPath(new URL(`../public/samples/${file}`, import.meta.url)), 'utf8');

interface Definition {
  text: string;
  label: string;
  word: string;
}

/** Real definitions of two topics, as many of each. */
async function definitions(each: number): Promise<Definition[]> {
  const { data } = Papa.parse<Definition>(await sample('topics.csv'), { header: true, skipEmptyLines: true });
  return ['animal', 'food'].flatMap((topic) => data.filter(({ label }) => label === topic).slice(0, each));
}

/** As a spreadsheet in French saves it: semicolons, Windows-1252, columns whose names say nothing. */
function spreadsheet(rows: readonly Definition[], texts: 'definitions' | 'words'): Uint8Array {
  const table = Papa.unparse(
    rows.map(({ text, label, word }) => ({
      ...(texts === 'definitions' && { Définition: text }),
      Thème: label === 'food' ? 'à manger' : 'bête',
      Mot: word,
    })),
    { delimiter: ';' },
  );
  return Uint8Array.from(table, (letter) => (letter.charCodeAt(0) < 256 ? letter.charCodeAt(0) : 63));
}

/** What WebGPU in software pays for is tokens: words of a few, where WASM reads whole definitions. */
describe.each([
  {
    backend: 'WASM',
    texts: 'definitions',
    each: 60,
    epochs: 20,
    chance: 0.8,
    tried: 'a small furry animal that hunts mice at night',
  },
  { backend: 'WebGPU', texts: 'words', each: 8, epochs: 2, chance: 0, tried: 'hungry kitten' },
] as const)(
  'a spreadsheet of texts to a tuned model, on $backend',
  ({ backend, texts, each, epochs, chance, tried }) => {
    const disk = useDisk();
    let studio: OpenPage;
    beforeAll(async () => {
      studio = await openStudio();
      await chooseBackend(studio.page, backend);
    });
    afterAll(() => studio?.close());

    it('finds out encoding, delimiter and columns, and says so', async () => {
      const { page } = studio;
      await drop(page, await disk.file('définitions.csv', spreadsheet(await definitions(each), texts)));
      await page.getByRole('heading', { level: 1, name: `${2 * each} texts in 2 classes` }).waitFor();
      await page.getByRole('listbox', { name: 'Texts' }).getByRole('option').first().waitFor();
      await page.getByRole('list', { name: 'Show a class' }).getByTitle('à manger', { exact: true }).waitFor();
    });

    it('trains a head on the frozen encoder, whose features are kept', async () => {
      const { page } = studio;
      await toModel(page);
      await page.getByRole('radio', { name: /^minilm-l6/, checked: true }).waitFor();
      await chooseMethod(page, 'Head only');
      await type(page, 'Epochs', epochs);
      await start(page);
      await endedSaying(page, /Frozen prefix\s+[\d.]+ [kM]B\s+cached/);
    });

    it('names texts that it never saw', async () => {
      const { right, of } = await evaluate(studio.page);
      expect(of).toBe(2 * Math.round(0.15 * each));
      expect(right / of).toBeGreaterThanOrEqual(chance);
    });

    it('tells which words spoke for its answer', async () => {
      const { page } = studio;
      await page.getByRole('link', { name: 'Try it', exact: true }).click();
      await page.getByRole('textbox', { name: 'A text of your own' }).fill(tried);
      await press(page, 'Try a text');
      await page.getByText(/^Each word, left out in turn/).waitFor();
      await page.locator('main mark').first().waitFor();
    });

    it('is saved with its tokenizer, and says nothing wrong on the way', async () => {
      const { page, errors } = studio;
      const files = await takeHome(page, disk.path('tuned.zip'));
      expect(Object.keys(files)).toEqual(
        expect.arrayContaining(['tokenizer.json', 'tokenizer_config.json', 'mean_pooled.py', 'model.safetensors']),
      );
      const config = JSON.parse(new TextDecoder().decode(files['config.json']));
      expect(Object.values(config.id2label)).toEqual(['à manger', 'bête']);
      expect(errors).toEqual([]);
    });
  },
);

/** Questions whose answer is one word: a model in software writes a token a second. */
const SHORT = ['dog', 'stone', 'horse', 'chair', 'owl', 'spoon', 'fox', 'lamp'].map((word, i) =>
  JSON.stringify({ prompt: `Is a ${word} alive?`, completion: i % 2 ? 'no' : 'yes' }),
);

describe.each([
  { backend: 'WASM', lines: async () => (await sample('answers.jsonl')).split('\n').slice(0, 120), epochs: 3, most: 8 },
  { backend: 'WebGPU', lines: async () => SHORT, epochs: 1, most: 2 },
] as const)('questions and answers to a model that writes, on $backend', ({ backend, lines, epochs, most }) => {
  const disk = useDisk();
  let studio: OpenPage;
  beforeAll(async () => {
    studio = await openStudio();
    await chooseBackend(studio.page, backend);
  });
  afterAll(() => studio?.close());

  it('reads lines of JSON, and names the one that is broken', async () => {
    const { page } = studio;
    const whole = await lines();
    await drop(page, await disk.file('answers.jsonl', [...whole, '{"prompt": "cut off'].join('\n')));
    await page.getByRole('heading', { level: 1, name: new RegExp(`^${whole.length} `) }).waitFor();
    await page
      .getByText(new RegExp(`^answers\\.jsonl, row ${whole.length + 1}, character \\d+: this is no valid JSON`))
      .first()
      .waitFor();
  });

  it('learns to answer, and shows what it writes at each validation', async () => {
    const { page } = studio;
    await toModel(page);
    await page.getByRole('radio', { name: /^tiny-gpt/, checked: true }).waitFor();
    await chooseMethod(page, 'Full');
    await type(page, 'Epochs', epochs);
    await start(page);
    await ended(page);
    await page.getByRole('heading', { name: 'What it writes' }).waitFor();
    await page.getByText('Before training', { exact: true }).first().waitFor();
    await runCard(page)
      .getByText(/perplexity/i)
      .first()
      .waitFor();
  });

  it('foretells answers that it never saw better than before', async () => {
    const { page } = studio;
    await page
      .getByRole('link', { name: /Evaluate/ })
      .first()
      .click();
    await page.getByRole('heading', { level: 1, name: /writes with a perplexity of/ }).waitFor();
    await press(page, 'Measure before training');
    await page.getByRole('heading', { level: 2, name: /^Perplexity fell from/ }).waitFor();
  });

  it('writes on from a prompt, on both sides', async () => {
    const { page } = studio;
    await page.getByRole('link', { name: 'Try it', exact: true }).click();
    await page.getByRole('textbox', { name: 'Prompt' }).fill('What is an otter?');
    await page.getByRole('textbox', { name: 'Tokens at most' }).fill(String(most));
    await press(page, 'Write');
    await page
      .getByText(/^\d+ tokens?, \d+ a second\./)
      .nth(1)
      .waitFor();
  });

  it('is saved as transformers reads it', async () => {
    const { page, errors } = studio;
    const files = await takeHome(page, disk.path('tuned.zip'));
    const config = JSON.parse(new TextDecoder().decode(files['config.json']));
    expect(config).toMatchObject({ model_type: 'gpt2', architectures: ['GPT2LMHeadModel'] });
    expect(Object.keys(files)).not.toContain('labels.json');
    expect(errors).toEqual([]);
  });
});
