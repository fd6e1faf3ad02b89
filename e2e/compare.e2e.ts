import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenPage } from './support/browser.ts';
import { csvFrom, type Row } from './support/downloads.ts';
import { useDisk } from './support/pictures.ts';
import { chooseBackend, eventually, openStudio, press, toModel, type } from './support/studio.ts';

/** In the order of the registry. */
const METHODS = ['Full', 'Head only', 'LoRA'] as const;
const SEEDS = 2;
/** Student's t that leaves 2.5 % in each tail, with one degree of freedom: tan(0.475 π). */
const T1 = Math.tan(0.475 * Math.PI);

const COSTS = 'Accuracy for what it costs';
const picture = (page: Page) => page.getByRole('img', { name: new RegExp(`^${COSTS}: `) });
const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

/** A drawn interval: the number of its first run, where it stands, and its two ends in pixels. */
interface Bar {
  run: number;
  x: number;
  low: number;
  high: number;
}

const barsOf = (page: Page): Promise<Bar[]> =>
  picture(page)
    .locator('[data-run]')
    .evaluateAll((points) =>
      points.map((point) => {
        const path = point.querySelector('path')!.getAttribute('d')!;
        const [x, low, high] = path.match(/[\d.]+/g)!.map(Number);
        return { run: Number(point.getAttribute('data-run')), x: x!, low: low!, high: high! };
      }),
    );

/** What the upright axis says: a share by its height in pixels. */
const ticksOf = async (page: Page): Promise<{ share: number; y: number }[]> => {
  const lines = await picture(page)
    .locator('g:has(> path[stroke="var(--grid)"])')
    .evaluateAll((all) =>
      all.map((one) => ({ words: one.textContent, d: one.querySelector('path')!.getAttribute('d')! })),
    );
  return lines.map(({ words, d }) => ({
    share: Number.parseFloat(words!) / 100,
    y: Number(d.match(/M[\d.]+ ([\d.]+)/)![1]),
  }));
};

/** Methods run on the same seeds from two screens away, and one picture with intervals that says what the table says. */
describe('methods compared, on WASM', () => {
  const disk = useDisk();
  let studio: OpenPage;
  let runs: Row[];
  let points: Row[];

  beforeAll(async () => {
    studio = await openStudio({ viewport: { width: 1440, height: 900 } });
  });
  afterAll(() => studio?.close());

  it('runs the chosen methods on as many seeds, from one press under Model', async () => {
    const { page } = studio;
    await chooseBackend(page, 'WASM');
    await press(page, /^Handwritten/);
    await toModel(page);
    await page.getByRole('radio', { name: /^digits-cnn/, checked: true }).waitFor();
    await type(page, 'Epochs', 1);
    await page.getByText(/^1 epoch of /).waitFor();
    await press(page, 'Compare several');
    const dialog = page.getByRole('dialog', { name: 'Compare methods' });
    const boxes = dialog.getByRole('checkbox', { disabled: false });
    await boxes.first().waitFor();
    for (const box of await boxes.all()) await box.setChecked(false);
    for (const name of METHODS) await dialog.getByRole('checkbox', { name, exact: true }).check();
    await type(page, 'Seeds', SEEDS);
    await dialog.getByRole('button', { name: 'Start 6 runs' }).click();
    await page.getByText(/^Comparing methods: run \d of 6/).waitFor();
    await page.getByRole('heading', { level: 1, name: '6 runs beside each other' }).waitFor();
    await page.getByText(/^Comparing methods/).waitFor({ state: 'detached' });
    runs = await csvFrom(page, disk, 'What differs');
    points = await csvFrom(page, disk, COSTS);
    expect(runs.map(({ method, seed }) => `${method} ${seed}`).toSorted()).toEqual(
      ['full', 'head', 'lora'].flatMap((id) => [42, 43].map((seed) => `${id} ${seed}`)),
    );
    // judged on validation, all on the same examples; the head moves the fewest weights
    const trainable = new Map(runs.map((run) => [run.method, Number(run.result_trainable)]));
    expect(trainable.get('head')!).toBeLessThan(trainable.get('lora')!);
    expect(trainable.get('lora')!).toBeLessThan(trainable.get('full')!);
  });

  it('writes in the table what it gives in the file', async () => {
    const { page } = studio;
    for (const run of runs) {
      const row = page
        .getByRole('row')
        .filter({ has: page.getByRole('rowheader', { name: new RegExp(`^${run.run} · `) }) });
      const cell = (label: string) => row.locator(`td[data-label="${label}"]`).innerText();
      expect(await cell('Accuracy')).toBe(percent(Number(run.result_accuracy)));
      expect(await cell('Best loss')).toBe(Number(run.result_loss).toFixed(3));
      expect(await cell('Trainable')).toBe(Number(run.result_trainable).toLocaleString('en'));
      expect(await cell('Epochs done')).toBe('1');
    }
  });

  it('draws each method once, as the mean of its runs with the interval of that mean', async () => {
    const { page } = studio;
    expect(points.map(({ name }) => name)).toEqual(METHODS.map((name) => expect.stringContaining(name)));
    const [summary, bars, ticks] = [
      await picture(page).getAttribute('aria-label'),
      await barsOf(page),
      await ticksOf(page),
    ];
    expect(bars).toHaveLength(METHODS.length);
    const [first, last] = [ticks[0]!, ticks.at(-1)!];
    const place = (share: number) =>
      first.y + ((share - first.share) / (last.share - first.share)) * (last.y - first.y);
    for (const [i, method] of ['full', 'head', 'lora'].entries()) {
      const [point, bar] = [points[i]!, bars[i]!];
      const [a, b] = runs.filter((run) => run.method === method).map((run) => Number(run.result_accuracy));
      const mean = (a! + b!) / 2;
      // of two values: t s / √2 with s = |a - b| / √2
      const half = (T1 * Math.abs(a! - b!)) / 2;
      const [low, high] = [Math.max(0, mean - half), Math.min(1, mean + half)];
      expect(Number(point.runs)).toBe(SEEDS);
      expect(Number(point.accuracy)).toBeCloseTo(mean, 9);
      expect(Number(point.interval_low)).toBeCloseTo(low, 6);
      expect(Number(point.interval_high)).toBeCloseTo(high, 6);
      expect(summary).toContain(`${METHODS[i]} ${percent(mean)}, `);
      expect(Math.abs(bar.low - place(low))).toBeLessThan(1);
      expect(Math.abs(bar.high - place(high))).toBeLessThan(1);
    }
    // a seed is chance: it names no method
    expect(summary).not.toContain('Seed');
  });

  it('places them by what they cost, on a logarithmic axis', async () => {
    const { page, errors } = studio;
    for (const [label, column] of [
      ['Parameters', 'trainable'],
      ['Memory', 'bytes'],
      ['Time', 'seconds'],
    ] as const) {
      await page.getByRole('radiogroup', { name: 'Cost' }).getByText(label, { exact: true }).click();
      await page
        .getByText(
          {
            trainable: 'trainable parameters (log)',
            bytes: 'most memory at once (log)',
            seconds: 'training time (log)',
          }[column],
        )
        .waitFor();
      const cost = points.map((point) => Math.log(Number(point[column])));
      await eventually(async () => {
        const bars = await barsOf(page);
        const scale = (bars[1]!.x - bars[0]!.x) / (cost[1]! - cost[0]!);
        expect(bars[2]!.x - bars[0]!.x).toBeCloseTo(scale * (cost[2]! - cost[0]!), 0);
      });
    }
    const curves = page.getByRole('img', { name: /^Validation loss, where each run ended: / });
    await expect.poll(() => curves.locator('path.curve').count()).toBe(6);
    for (const run of runs)
      await expect.poll(() => curves.getAttribute('aria-label')).toContain(` ${Number(run.result_loss).toFixed(3)}`);
    expect(errors).toEqual([]);
  });
});
