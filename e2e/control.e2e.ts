import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenPage } from './support/browser.ts';
import { useDisk } from './support/pictures.ts';
import {
  chooseBackend,
  chooseMethod,
  ended,
  eventually,
  openStudio,
  passes,
  press,
  runCard,
  saveCurves,
  start,
  toggle,
  toModel,
  type,
} from './support/studio.ts';

/** A run is steered while it goes on, and another goes on from a checkpoint of it. */
describe('a run that is changed on its way', () => {
  const disk = useDisk();
  let studio: OpenPage;

  beforeAll(async () => {
    studio = await openStudio();
  });
  afterAll(() => studio?.close());

  it('shows a changed learning rate on the chart, in its legend and in the log', async () => {
    const { page } = studio;
    await chooseBackend(page, 'WASM');
    await press(page, /^Handwritten/);
    await toModel(page);
    await page.getByRole('radio', { name: /^digits-cnn/, checked: true }).waitFor();
    await chooseMethod(page, 'Full');
    await type(page, 'Learning rate', 0.001);
    await type(page, 'Epochs', 200);
    // it is there to be steered until the walk stops it, however slow the page is
    await toggle(page, 'Early stopping', false);
    await start(page);
    await passes(page, 3);
    await press(page, 'Learning rate ÷10');
    const legend = page.getByRole('list', { name: 'What was changed' });
    await legend.getByText('LR 1e-3 → 1e-4').waitFor();
    await page.getByText('Learning rate 1e-3 → 1e-4', { exact: true }).waitFor();
    for (const metric of ['loss', 'accuracy'])
      await expect.poll(() => page.locator(`[data-metric="${metric}"] .mark`).count()).toBe(1);
  });

  it('keeps a checkpoint, and saves the curves with what was done', async () => {
    const { page } = studio;
    await press(page, 'Keep a checkpoint');
    await page.getByRole('button', { name: /^Branch from here: Kept, / }).waitFor();
    await press(page, 'Stop and keep best');
    await ended(page);
    const rows = new TextDecoder().decode(await saveCurves(page, disk.path('curves.csv'))).split(/\r?\n/);
    const marks = rows.filter((row) => row.split(',')[1] === 'mark').map((row) => row.split(',').at(-1));
    expect(marks).toEqual(['change learningRate=0.0001', 'checkpoint']);
    const change = rows.find((row) => row.includes('learningRate='))!.split(',');
    const next = rows.find(
      (row) => row.split(',')[1] === 'train' && Number(row.split(',')[2]) === Number(change[2]) + 1,
    );
    expect(Number(next!.split(',')[8])).toBeLessThan(1.01e-4);
  });

  it('goes on from the checkpoint as a run of its own', async () => {
    const { page, errors } = studio;
    const kept = page.getByRole('button', { name: /^Branch from here: Kept, / });
    const step = Number((await kept.getAttribute('aria-label'))!.match(/step ([\d,]+)/)![1]!.replaceAll(',', ''));
    await kept.click();
    await page.getByText(/^Begins with run 1, epoch /).waitFor();
    const words = await page.getByText(/^Begins with run 1, epoch /).innerText();
    const epoch = Math.floor(Number(words.match(/epoch (\d+)/)![1]));
    await type(page, 'Epochs', epoch + 2);
    await page.getByText(new RegExp(`^${epoch + 2} epochs of `)).waitFor();
    await start(page);
    await ended(page, 2);
    await page.getByText('Began with a checkpoint of run 1', { exact: true }).waitFor();
    // on the chart: the mark, and thinly what led to it
    for (const metric of ['loss', 'accuracy']) {
      const chart = page.locator(`[data-metric="${metric}"]`);
      await expect.poll(() => chart.locator('.mark').count()).toBe(1);
      const led = chart.locator('[data-origin="1"] path');
      await expect.poll(() => led.count()).toBe(2);
      // of validation it may be the one point before the first step
      await eventually(async () => {
        const drawn = await led.evaluateAll((paths) => paths.map((path) => path.getAttribute('d') ?? ''));
        expect(Math.max(...drawn.map(({ length }) => length))).toBeGreaterThan(20);
        expect(Math.min(...drawn.map(({ length }) => length))).toBeGreaterThan(0);
      });
    }
    const rows = new TextDecoder().decode(await saveCurves(page, disk.path('branch.csv'))).split(/\r?\n/);
    const steps = rows
      .slice(1)
      .filter(Boolean)
      .map((row) => Number(row.split(',')[2]));
    expect(Math.min(...steps)).toBe(step);
    await runCard(page, 2).getByText('Done', { exact: true }).waitFor();
    for (const number of [1, 2]) await page.getByRole('button', { name: new RegExp(`^${number} · `) }).waitFor();
    expect(errors).toEqual([]);
  });
});
