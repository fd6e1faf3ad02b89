import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenPage } from './support/browser.ts';
import { drop } from './support/drop.ts';
import { pictures, useDisk } from './support/pictures.ts';
import {
  chooseBackend,
  chooseMethod,
  chooseModel,
  endedSaying,
  evaluate,
  openStudio,
  passes,
  press,
  runCard,
  saveCurves,
  start,
  stepOf,
  toggle,
  toModel,
  type,
} from './support/studio.ts';

/** After a crash Chromium may refuse the page a second GPU process. */
const CRASHES = ['--disable-gpu-process-crash-limit', '--disable-domain-blocking-for-3d-apis'];

/** In an epoch. */
const STEPS = 3;

describe('the GPU process dies in the middle of a run', () => {
  const disk = useDisk();
  let studio: OpenPage;
  /** The last whole epoch before. */
  let epoch: number;

  beforeAll(async () => {
    studio = await openStudio({ flags: CRASHES });
    const { page } = studio;
    await chooseBackend(page, 'WebGPU');
    await drop(page, await disk.folder('digits', await pictures('digits-5-9', { each: 6, classes: ['5', '6', '7'] })));
    await page.getByRole('heading', { level: 1, name: '18 pictures in 3 classes' }).waitFor();
    await toModel(page);
    await chooseModel(page, 'digits-cnn');
    await chooseMethod(page, 'Full');
    await type(page, 'Epochs', 1000);
    await type(page, 'Batch size', 4);
    await toggle(page, 'Early stopping', false);
    await page.getByText('1,000 epochs of 3 steps: 3,000 steps.').waitFor();
  });
  afterAll(() => studio?.close());

  it('says so, and which weights are safe', async () => {
    const { page, browser } = studio;
    await start(page);
    await passes(page, STEPS);
    const session = await browser.newBrowserCDPSession();
    await session.send('Browser.crashGpuProcess').catch(() => {});
    const [, last] = await endedSaying(page, /The browser took the graphics processor back after epoch (\d+)\./);
    await runCard(page).getByText('Lost', { exact: true }).waitFor();
    epoch = Number(last);
    expect(epoch).toBeGreaterThan(0);
    await endedSaying(page, /Kept: epoch \d+, validation loss [\d.]+\./);
    // the run says it, and nothing else says it again
    await expect.poll(() => page.getByRole('alert').count()).toBe(1);
    await page.getByRole('button', { name: `Go on from epoch ${epoch}` }).waitFor();
  });

  it('still evaluates, on a new device', async () => {
    const { of, confusion } = await evaluate(studio.page);
    expect(of).toBe(3);
    expect(confusion.flat().reduce((a, b) => a + b)).toBe(3);
    await studio.page.getByRole('button', { name: /^Computes on WebGPU / }).waitFor();
  });

  it('takes the run up from its last whole epoch', async () => {
    const { page } = studio;
    await page.getByRole('link', { name: /Train/ }).first().click();
    await press(page, `Go on from epoch ${epoch}`);
    await passes(page, STEPS * (epoch + 1));
    await press(page, 'Stop and keep best');
    await endedSaying(page, /You stopped it at epoch [\d.]+\. The weights of epoch \d+/);
    await expect.poll(() => page.getByRole('alert').count()).toBe(0);
    // the steps that were lost came again, and none stands twice
    const csv = new TextDecoder().decode(await saveCurves(page, disk.path('curves.csv')));
    const steps = [...csv.matchAll(/,train,(\d+),/g)].map(([, step]) => Number(step));
    expect(steps).toEqual(Array.from({ length: await stepOf(page) }, (_, i) => i + 1));
    expect((await evaluate(page)).of).toBe(3);
  });
});
