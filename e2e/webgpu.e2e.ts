import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenPage } from './support/browser.ts';
import { atMost, csvFrom, percent } from './support/downloads.ts';
import { drop } from './support/drop.ts';
import { heard, type Named, named } from './support/engine.ts';
import { type Files, pictures, renamed, useDisk } from './support/pictures.ts';
import {
  backendSays,
  changes,
  chooseBackend,
  chooseMethod,
  chooseModel,
  drawn,
  endedSaying,
  evaluate,
  openStudio,
  passes,
  press,
  runCard,
  saveCurves,
  start,
  stepOf,
  takeHome,
  toggle,
  toModel,
  tryPicture,
  type,
} from './support/studio.ts';

/** One person's whole way on WebGPU: each step goes on from where the last one left the page. */
describe('photos to a tuned model and back, on WebGPU', () => {
  const disk = useDisk();
  let studio: OpenPage;
  let photos: Files;
  let zip: string;
  let picture: string;
  /** What the tuned model said of the picture before it was downloaded. */
  let before: Named;

  beforeAll(async () => {
    photos = await pictures('digits-5-9', { each: 8 });
    const [unseen] = (await pictures('digits-5-9', { each: 1, from: 100, classes: ['7'] })).values();
    picture = await disk.file('unseen.png', unseen!);
    zip = disk.path('tuned.zip');
    studio = await openStudio();
  });
  afterAll(() => studio?.close());

  it('names the adapter that it computes on', async () => {
    const { page } = studio;
    await chooseBackend(page, 'WebGPU');
    await backendSays(page, /Adapter: \S+/);
  });

  it('reads a dropped folder: its classes, its pictures, its split', async () => {
    const { page } = studio;
    await drop(page, await disk.folder('digits', photos));
    await page.getByRole('heading', { level: 1, name: '40 pictures in 5 classes' }).waitFor();
    for (const name of ['5', '6', '7', '8', '9'])
      await page
        .getByRole('list', { name: 'Show a class' })
        .getByRole('button', { name: `${name} 8` })
        .waitFor();
    await page.getByText('have too few pictures').waitFor();
  });

  it('trains: the curves move', async () => {
    const { page } = studio;
    await toModel(page);
    await chooseModel(page, 'digits-cnn');
    await chooseMethod(page, 'Full');
    await type(page, 'Epochs', 1000);
    await type(page, 'Batch size', 4);
    await toggle(page, 'Early stopping', false);
    await page.getByText('1,000 epochs of 8 steps: 8,000 steps.').waitFor();
    await start(page);
    await passes(page, 2);
    const early = await drawn(page);
    await passes(page, 4);
    await changes(() => drawn(page), early);
    await expect.poll(() => drawn(page)).toMatch(/^M[\d.]+[ ,][\d.]+L/);
  });

  it('pauses, takes single steps, validates in between, and goes on', async () => {
    const { page } = studio;
    await press(page, 'Pause');
    await runCard(page).getByText('Paused', { exact: true }).waitFor();
    const paused = await stepOf(page);
    for (const step of [paused + 1, paused + 2]) {
      await press(page, 'One step');
      await page.getByText(new RegExp(`· step ${step}$`)).waitFor();
      await runCard(page).getByText('Paused', { exact: true }).waitFor();
      expect(await stepOf(page)).toBe(step);
    }
    const validations = async () => {
      const csv = await saveCurves(page, disk.path('curves.csv'));
      return [...new TextDecoder().decode(csv).matchAll(/,validation,(\d+),/g)].map(([, step]) => step).join();
    };
    const seen = await validations();
    await press(page, 'Validate now');
    await changes(validations, seen);
    expect(await validations()).toBe(`${seen},${paused + 2}`);
    expect(await stepOf(page)).toBe(paused + 2);
    await press(page, 'Resume');
    await passes(page, paused + 3);
  });

  it('says where a step’s time goes, and what share of the device’s peak it reaches', async () => {
    const { page } = studio;
    const title = 'Where a step’s time goes';
    const card = page.locator('section').filter({ has: page.getByRole('heading', { name: title }) });
    await card.getByRole('button', { name: 'Measure a few steps' }).click();
    // an adapter in software is not taken for a GPU
    await card.getByText(/^There is no GPU here: /).waitFor();
    const { kernels, flops, stepMs, peak } = await heard(page, 'profile');
    const saved = await csvFrom(page, disk, title);
    expect(saved.map(({ kernel }) => kernel)).toEqual(kernels.map(({ kernel }) => kernel));
    const starts = saved.reduce((sum, row) => sum + Number(row.starts_per_step), 0);
    expect(starts).toBeGreaterThan(20);
    const mfu = (flops.forward + flops.backward) / (stepMs / 1000) / peak.flopsPerSecond;
    expect(mfu).toBeGreaterThan(0);
    const said = (await card.innerText()).replaceAll(/\s+/g, ' ');
    expect(said).toContain(`Dispatches ${atMost(starts, 0)} a step`);
    expect(said).toContain(`MFU ${percent(mfu, mfu < 0.1 ? 2 : 1)} share of the peak`);
    // the run went on meanwhile
    await passes(page, await stepOf(page));
  });

  it('stops when told and keeps the best weights', async () => {
    const { page } = studio;
    await press(page, 'Stop and keep best');
    await endedSaying(
      page,
      /You stopped it at epoch [\d.]+\. The weights of epoch \d+, the best by validation loss \([\d.]+\), are kept\./,
    );
  });

  it('evaluates: the accuracy is the share on the diagonal of the confusion matrix', async () => {
    const { page } = studio;
    const { right, of, share, confusion } = await evaluate(page);
    expect(of).toBe(5);
    expect(confusion.flat().reduce((a, b) => a + b)).toBe(of);
    expect(confusion.reduce((sum, row, i) => sum + row[i]!, 0)).toBe(right);
    expect(Number.parseFloat(share)).toBeCloseTo((100 * right) / of, 1);
  });

  it('names a new picture before and after', async () => {
    const { page } = studio;
    await tryPicture(page, picture);
    await page.getByRole('heading', { name: 'Before: 10 labels' }).waitFor();
    await page.getByRole('heading', { name: 'After: 5 classes' }).waitFor();
    before = await named(page);
    expect(before.logits).toHaveLength(5);
    expect(before.pretrained[0]!.label).toMatch(/^[0-9]$/);
  });

  it('saves the tuned model as one zip', async () => {
    const { page, errors } = studio;
    const files = await takeHome(page, zip);
    expect(Object.keys(files)).toEqual(expect.arrayContaining(['README.md', 'model.safetensors', 'settings.json']));
    expect(JSON.parse(new TextDecoder().decode(files['labels.json']))).toEqual(['5', '6', '7', '8', '9']);
    expect(JSON.parse(new TextDecoder().decode(files['settings.json'])).training.backend).toBe('webgpu');
    expect(errors).toEqual([]);
    await studio.close();
  });

  it('opens the zip in a fresh browser, where it gives the same answers', async () => {
    studio = await openStudio();
    const { page } = studio;
    await chooseBackend(page, 'WebGPU');
    await drop(page, zip);
    await page.getByRole('heading', { level: 1, name: /, tried here$/ }).waitFor();
    await tryPicture(page, picture);
    const after = await named(page);
    for (const side of ['tuned', 'pretrained'] as const) {
      expect(after[side].map(({ label }) => label)).toEqual(before[side].map(({ label }) => label));
      for (const [i, { probability }] of after[side].entries())
        expect(Math.abs(probability - before[side][i]!.probability)).toBeLessThan(1e-6);
    }
  });

  it('tunes the restored model further, for other classes', async () => {
    const { page, errors } = studio;
    const names = { '5': 'five', '6': 'six', '7': 'seven' };
    const others = renamed(await pictures('digits-5-9', { each: 8, from: 20, classes: Object.keys(names) }), names);
    await drop(page, await disk.folder('words', others));
    await page.getByRole('heading', { level: 1, name: '24 pictures in 3 classes' }).waitFor();
    await toModel(page);
    await page.getByText('dropped in by you: 5, 6, 7, and 8').waitFor();
    await chooseMethod(page, 'Head only');
    await type(page, 'Epochs', 2);
    await page.getByText(/^2 epochs of /).waitFor();
    await start(page);
    await endedSaying(page, /All 2 epochs are done\./, 2);
    const { of, confusion } = await evaluate(page);
    expect(confusion).toHaveLength(3);
    expect(of).toBe(3);
    expect(errors).toEqual([]);
  });
});
