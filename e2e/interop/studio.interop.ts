import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenPage } from '../support/browser.ts';
import { drop } from '../support/drop.ts';
import { named } from '../support/engine.ts';
import { pictures, useDisk } from '../support/pictures.ts';
import {
  chooseBackend,
  chooseMethod,
  chooseModel,
  endedSaying,
  openStudio,
  press,
  start,
  takeHome,
  toModel,
  tryPicture,
  type,
} from '../support/studio.ts';
import { png, waves } from './png.ts';
import { python, runSnippet, unzip } from './python.ts';

/** The tolerance that the card's snippet is held to. */
const CLOSE = 1e-4;

/** Loads the zip's weights by the recipe of its card, every name and shape as Python has them. */
const STRICT = `
import re, runpy, sys
sys.argv = ["classify.py", sys.argv[1]]
model = runpy.run_path("classify.py")["model"]
from safetensors.torch import load_file
print(model.load_state_dict(load_file("model.safetensors"), strict=True))
`;

const greatest = (a: readonly number[], b: readonly number[]) =>
  Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? Number.NaN))));

describe.each([
  {
    model: 'digits-cnn',
    method: 'Full' as const,
    async open(page: OpenPage['page']) {
      await press(page, /^Handwritten/);
      await page.getByRole('heading', { level: 1, name: '1,000 pictures in 5 classes' }).waitFor();
    },
    classes: 5,
  },
  {
    model: 'efficientnet-lite0',
    method: 'Last stages' as const,
    async open(page: OpenPage['page'], folder: () => Promise<string>) {
      await drop(page, await folder());
      await page.getByRole('heading', { level: 1, name: '24 pictures in 4 classes' }).waitFor();
    },
    classes: 4,
  },
])('$model, tuned in the studio', ({ model, method, open, classes }) => {
  const disk = useDisk();
  let studio: OpenPage;
  let folder: string;
  /** A photograph-like one of odd sides, and a real one. */
  let tried: string[];

  beforeAll(async () => {
    studio = await openStudio();
    folder = disk.path('unzipped');
    const [drawing] = (await pictures('drawings', { each: 1, from: 50 })).values();
    tried = [await disk.file('waves.png', png(waves(301, 260, 9))), await disk.file('drawing.png', drawing!)];
  });
  afterAll(() => studio?.close());

  it('is tuned, tried and saved', async () => {
    const { page, errors } = studio;
    await chooseBackend(page, 'WASM');
    await open(page, async () => disk.folder('drawings', await pictures('drawings', { each: 6 })));
    await toModel(page);
    await chooseModel(page, model);
    await chooseMethod(page, method);
    await type(page, 'Epochs', 2);
    await page.getByText(/^2 epochs of /).waitFor();
    await start(page);
    await endedSaying(page, /All 2 epochs are done\./);
    const path = disk.path('tuned.zip');
    await takeHome(page, path);
    await unzip(new Uint8Array(await readFile(path)), folder);
    expect(errors).toEqual([]);
  });

  it('gives the same logits by the snippet of its card', async () => {
    const { page, errors } = studio;
    await page
      .getByRole('link', { name: /Evaluate/ })
      .first()
      .click();
    const own: number[][] = [];
    for (const picture of tried) {
      await tryPicture(page, picture);
      const { logits } = await named(page);
      const python = await runSnippet(folder, picture);
      expect(logits).toHaveLength(classes);
      expect(python.logits).toHaveLength(classes);
      const difference = greatest(logits, python.logits);
      console.log(`${model}: greatest difference of a logit ${difference.toExponential(1)}`);
      expect(difference).toBeLessThan(CLOSE);
      expect(python.warnings).toBe('');
      own.push(logits);
    }
    expect(greatest(own[0]!, own[1]!)).toBeGreaterThan(100 * CLOSE);
    expect(errors).toEqual([]);
  });

  it('loads strictly: every weight by its name and shape', async () => {
    const { stdout } = await python(folder, '-c', STRICT, tried[0]!);
    expect(stdout).toContain('<All keys matched successfully>');
  });
});
