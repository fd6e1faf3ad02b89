import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkpointFiles, withFields } from '../src/engine/pretrained/testing.ts';
import type { OpenPage } from './support/browser.ts';
import { drop } from './support/drop.ts';
import { useDisk } from './support/pictures.ts';
import {
  chooseBackend,
  chooseMethod,
  ended,
  evaluate,
  openStudio,
  start,
  takeHome,
  toModel,
  type,
} from './support/studio.ts';

const WORDS = { good: 'the quick fox sleeps', bad: 'a lazy bird, a lazy dog' } as const;

/** So many labelled rows, no two alike. */
const reviews = (rows: number): string =>
  [
    'text,label',
    ...Array.from({ length: rows }, (_, i) => {
      const label = i % 2 === 0 ? 'good' : 'bad';
      return `"${WORDS[label]} ${'abc'.repeat(1 + (i % 5))} ${i}",${label}`;
    }),
  ].join('\n');

/** Checkpoints as `transformers` saves them, which no page has seen. */
describe('a checkpoint of somebody else to a tuned model, on WASM', () => {
  const disk = useDisk();
  let studio: OpenPage;
  beforeAll(async () => {
    studio = await openStudio();
    await chooseBackend(studio.page, 'WASM');
  });
  afterAll(() => studio?.close());

  const zipOf = async (name: string) => zipSync(Object.fromEntries(await checkpointFiles(name)));

  it('says what is wrong with one that cannot be trained', async () => {
    const { page } = studio;
    const files = withFields(await checkpointFiles('bert'), 'config.json', { model_type: 'llama' });
    await drop(page, await disk.folder('big-one', files));
    await page
      .getByText('big-one/config.json: models of the type “llama” cannot be trained here yet.')
      .first()
      .waitFor();
  });

  it('opens a BERT from a zip, chosen beside the shipped ones, with the labels of its head', async () => {
    const { page } = studio;
    await drop(page, await disk.file('stars.zip', await zipOf('bert-labels')));
    const card = page.getByRole('radio', { name: /^stars.*dropped in by you: bad, good, and so so/s, checked: true });
    await card.waitFor();
    await drop(page, await disk.file('reviews.csv', reviews(60)));
    await page.getByRole('heading', { level: 1, name: '60 texts in 2 classes' }).waitFor();
    await toModel(page);
    await card.waitFor();
    await page.getByRole('radio', { name: /^minilm-l6/, checked: false }).waitFor();
  });

  it('trains all of it for one epoch, measures it and saves it', async () => {
    const { page } = studio;
    await chooseMethod(page, 'Full');
    await type(page, 'Epochs', 1);
    await start(page);
    await ended(page);
    expect((await evaluate(page)).of).toBe(10);
    const files = await takeHome(page, disk.path('tuned.zip'));
    const config = JSON.parse(new TextDecoder().decode(files['config.json']));
    expect(config).toMatchObject({ model_type: 'bert', hidden_size: 12, classifier_pooling: 'cls' });
    expect(Object.keys(files)).toContain('pretrained_labels.json');
  });

  it('opens a GPT-2 from a folder, and trains it for one epoch on texts', async () => {
    const { page, errors } = studio;
    await drop(page, await disk.folder('my-gpt', await checkpointFiles('gpt2')));
    await page.getByRole('radio', { name: /^my-gpt/, checked: true }).waitFor();
    // what is still being measured would move the page under the drop
    await page.getByText(/of the tokens are unknown/).waitFor();
    const texts = reviews(40).replace('text,label', 'prompt,completion');
    await drop(page, await disk.file('answers.csv', texts));
    await page.getByRole('button', { name: 'Open as a new one', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: /^40 / }).waitFor();
    await toModel(page);
    await page.getByRole('radio', { name: /^my-gpt/, checked: true }).waitFor();
    await chooseMethod(page, 'Full');
    await type(page, 'Epochs', 1);
    await start(page);
    await ended(page, 2);
    const files = await takeHome(page, disk.path('gpt.zip'));
    const config = JSON.parse(new TextDecoder().decode(files['config.json']));
    expect(config).toMatchObject({ architectures: ['GPT2LMHeadModel'], n_embd: 12 });
    expect(errors).toEqual([]);
  });
});
