import { expect, it } from 'vitest';
import { useDisk } from './support/pictures.ts';
import {
  chooseBackend,
  chooseMethod,
  ended,
  moreSettings,
  openStudio,
  press,
  saveCurves,
  start,
  toModel,
  type,
} from './support/studio.ts';

const disk = useDisk();

/** Every point of a run in a browser of its own: split, step, loss and accuracy, with all their digits. */
async function points(seed: number, path: string): Promise<string[]> {
  const { page, errors, close } = await openStudio();
  await chooseBackend(page, 'WASM');
  await press(page, /^Handwritten/);
  await toModel(page);
  await chooseMethod(page, 'Full');
  await type(page, 'Epochs', 1);
  await moreSettings(page);
  await type(page, 'Seed', seed);
  await page.getByText('1 epoch of 22 steps: 22 steps.').waitFor();
  await start(page);
  await ended(page);
  await page.getByText(`Seed ${seed} gives this run again, bit for bit, on WASM.`).waitFor();
  const csv = new TextDecoder().decode(await saveCurves(page, path));
  expect(errors).toEqual([]);
  await close();
  const [header, ...rows] = csv.trim().split('\r\n');
  const columns = ['split', 'step', 'loss', 'accuracy'].map((name) => header!.split(',').indexOf(name));
  return rows.map((row) => columns.map((column) => row.split(',')[column]).join(' '));
}

it('gives every loss of a run again from its seed, and others from another seed', async () => {
  const first = await points(7, disk.path('first.csv'));
  const again = await points(7, disk.path('again.csv'));
  const other = await points(8, disk.path('other.csv'));
  expect(first).toHaveLength(22 + 2 + 2);
  expect(again).toEqual(first);
  expect(other).toHaveLength(first.length);
  // the pretrained model with a new head, and every step of it; what it knew before is the same at first
  for (const [i, point] of other.entries())
    if (point.startsWith('old 0 ')) expect(point).toBe(first[i]);
    else expect(point).not.toBe(first[i]);
});
