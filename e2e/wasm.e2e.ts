import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenPage } from './support/browser.ts';
import { useDisk } from './support/pictures.ts';
import {
  backendSays,
  chooseBackend,
  chooseMethod,
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

/** The same way on WebAssembly, with a model of photographs at 224 px. */
describe('drawings to a tuned model, on WebAssembly', () => {
  const disk = useDisk();
  let studio: OpenPage;

  beforeAll(async () => {
    studio = await openStudio();
  });
  afterAll(() => studio?.close());

  it('starts on an isolated page and names its threads', async () => {
    const { page } = studio;
    await chooseBackend(page, 'WASM');
    await backendSays(page, availableParallelism() > 3 ? /[2-8] threads/ : /1 thread/);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  });

  it('opens a sample with the model that suits it', async () => {
    const { page } = studio;
    await press(page, /^Drawings/);
    await page.getByRole('heading', { level: 1, name: '240 pictures in 4 classes' }).waitFor();
    await toModel(page);
    await page.getByRole('radio', { name: /^efficientnet-lite0/, checked: true }).waitFor();
  });

  it('runs the frozen stages once, trains the head, and stops early at its best', async () => {
    const { page } = studio;
    await chooseMethod(page, 'Head only');
    await type(page, 'Epochs', 1000);
    await type(page, 'Patience (epochs)', 1);
    await type(page, 'Learning rate', 0.01);
    await page.getByText(/^1,000 epochs of \d+ steps/).waitFor();
    await page.getByText(/frozen stages.* run once/).waitFor();
    await start(page);
    await page.getByText(/^Frozen stages, run once and kept: /).waitFor();
    const [, last, best, kept] = await endedSaying(
      page,
      /Stopped early at epoch (\d+): nothing better since epoch (\d+)\. The weights of epoch (\d+), the best by validation loss/,
    );
    expect(Number(last)).toBe(Number(best) + 1);
    expect(kept).toBe(best);
    await endedSaying(page, /Frozen prefix\s+[\d.]+ MB\s+cached/);
    await runCard(page).getByText('Done', { exact: true }).waitFor();
  });

  it('names far more of the test pictures right than chance would', async () => {
    const { right, of, confusion } = await evaluate(studio.page);
    expect(of).toBe(36);
    expect(confusion.reduce((sum, row, i) => sum + row[i]!, 0)).toBe(right);
    expect(right / of).toBeGreaterThan(0.6);
  });

  it('is saved with everything that its use takes', async () => {
    const { page, errors } = studio;
    const files = await takeHome(page, disk.path('tuned.zip'));
    expect(Object.keys(files).sort()).toEqual([
      'LICENSE',
      'NOTICE',
      'README.md',
      'config.json',
      'curves.csv',
      'curves.json',
      'inside.csv',
      'labels.json',
      'model.safetensors',
      'preprocess.py',
      'preprocessor_config.json',
      'pretrained_head.safetensors',
      'pretrained_labels.json',
      'settings.json',
    ]);
    const listed = () => page.getByRole('rowheader').allInnerTexts();
    await expect.poll(listed).toEqual(expect.arrayContaining(Object.keys(files)));
    expect(errors).toEqual([]);
  });
});
