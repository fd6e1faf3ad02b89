import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { zipSync } from 'fflate';
import type { Page, Route } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenPage } from './support/browser.ts';
import { drop } from './support/drop.ts';
import { inWorker } from './support/engine.ts';
import { type Files, pictures, useDisk } from './support/pictures.ts';
import {
  backendBadge,
  backendDetails,
  chooseBackend,
  chooseModel,
  ended,
  openStudio,
  press,
  start,
  toModel,
  type,
} from './support/studio.ts';

const disk = useDisk();
let digits: Files;
beforeAll(async () => {
  digits = await pictures('digits-5-9', { each: 8, classes: ['5', '6', '7'] });
});

/** The sentences of what just went wrong, and nothing else did. */
async function problem(page: Page): Promise<string> {
  const alert = page.getByRole('alert');
  await alert.first().waitFor();
  expect(await alert.count()).toBe(1);
  return alert.innerText();
}

const titled = (page: Page, name: string): Promise<void> =>
  page.getByRole('heading', { level: 1, name, exact: true }).waitFor();

describe('data that is wrong', () => {
  let studio: OpenPage;
  beforeAll(async () => {
    studio = await openStudio();
  });
  afterAll(() => studio?.close());

  it('names each file that it leaves out, and uses the rest', async () => {
    const { page } = studio;
    const whole = digits.values().next().value!;
    const folder = await disk.folder(
      'mixed',
      new Map([
        ...digits,
        ['5/cut.png', whole.subarray(0, whole.length / 2)],
        ['6/empty.png', new Uint8Array()],
        ['7/letter.jpg', new TextEncoder().encode('Dear reader, this is no picture.')],
        ['alone/one.png', whole],
      ]),
    );
    await drop(page, folder);
    await titled(page, '24 pictures in 3 classes');
    await page.getByText(/“alone” was left out: it has 1 picture\. A class needs at least 3/).waitFor();
    const report = await page
      .getByText(/files or rows were left out\./)
      .locator('..')
      .innerText();
    expect(report).toContain('3 files or rows were left out. Everything else is in use.');
    expect(report).toContain('mixed/5/cut.png is damaged: the browser cannot decode it.');
    expect(report).toContain('mixed/6/empty.png is empty (0 bytes).');
    expect(report).toContain('mixed/7/letter.jpg holds text, not a picture.');
  });

  it.each([
    {
      what: 'a folder of one class',
      make: () => disk.folder('single', new Map([...digits].filter(([path]) => path.startsWith('5/')))),
      says: /All pictures belong to one class, “5”.* needs two classes or more/s,
    },
    {
      what: 'a folder without pictures',
      make: () => disk.folder('letters', new Map([['a/letter.txt', new TextEncoder().encode('Dear reader')]])),
      says: /No picture was found.*Drop JPEG, PNG/s,
    },
    {
      what: 'a zip that is none',
      make: () => disk.file('torn.zip', 'PK\x03\x04 and then nothing that a zip would hold'),
      says: /torn\.zip is damaged: nothing in it could be unpacked\..*Pack or download it again/s,
    },
  ])('refuses $what, and keeps what was open', async ({ make, says }) => {
    const { page } = studio;
    await drop(page, await make());
    expect(await problem(page)).toMatch(says);
    expect(await page.getByRole('alert').innerText()).not.toContain('undefined');
    await titled(page, '24 pictures in 3 classes');
    await press(page, 'Close');
  });

  it('takes from a zip that is cut short what is whole', async () => {
    const { page } = studio;
    const zip = zipSync(Object.fromEntries(digits), { level: 0 });
    await drop(page, await disk.file('cut.zip', zip.subarray(0, Math.round(zip.length * 0.8))));
    await page.getByText('cut.zip is damaged: part of it could not be unpacked.').waitFor();
    const [pictures] = (await page.getByRole('heading', { level: 1 }).innerText()).match(/\d+/)!;
    expect(Number(pictures)).toBeGreaterThan(12);
    expect(Number(pictures)).toBeLessThan(24);
  });

  it('still trains on what is left', async () => {
    const { page, errors } = studio;
    await toModel(page);
    await chooseModel(page, 'digits-cnn');
    await type(page, 'Epochs', 2);
    await page.getByText(/^2 epochs of /).waitFor();
    await start(page);
    expect(await ended(page)).toContain('All 2 epochs are done.');
    expect(errors).toEqual([]);
  });
});

const WEIGHTS = '**/models/digits-cnn/model.safetensors';
const weights = () =>
  readFile(fileURLToPath(new URL('../public/models/digits-cnn/model.safetensors', import.meta.url)));

describe('weights that do not arrive as they are', () => {
  let studio: OpenPage;
  beforeAll(async () => {
    studio = await openStudio();
    const { page } = studio;
    await drop(page, await disk.folder('digits', digits));
    await titled(page, '24 pictures in 3 classes');
    await toModel(page);
  });
  afterAll(() => studio?.close());

  it.each<{ what: string; answer(route: Route): Promise<void>; says: RegExp }>([
    {
      what: 'no network',
      answer: (route) => route.abort('internetdisconnected'),
      says: /digits-cnn\/model\.safetensors could not be loaded\..*Try again/s,
    },
    {
      what: 'a missing file',
      answer: (route) => route.fulfill({ status: 404, body: 'not here' }),
      says: /digits-cnn\/model\.safetensors could not be loaded\..*Try again/s,
    },
    {
      what: 'a file cut short',
      answer: async (route) => route.fulfill({ body: (await weights()).subarray(0, 100_000) }),
      says: /digits-cnn\/model\.safetensors did not arrive whole\..*try again/s,
    },
    {
      what: 'a file with one byte changed',
      answer: async (route) => {
        const bytes = await weights();
        bytes[150_000]! ^= 1;
        await route.fulfill({ body: bytes });
      },
      says: /digits-cnn\/model\.safetensors is not the file that the site names.*Try again/s,
    },
  ])('says what is wrong with $what, and starts nothing', async ({ answer, says }) => {
    const { page } = studio;
    await page.route(WEIGHTS, answer);
    await chooseModel(page, 'digits-cnn');
    expect(await problem(page)).toMatch(says);
    expect(await page.getByRole('button', { name: /^Start run/ }).isDisabled()).toBe(true);
    await page.unroute(WEIGHTS);
    await chooseModel(page, 'efficientnet-lite0');
    await page.getByText(/^\d+ epochs of /).waitFor();
  });

  it('loads them when they can be had, with the data still open', async () => {
    const { page } = studio;
    await page.route(WEIGHTS, (route) => route.abort('internetdisconnected'));
    await chooseModel(page, 'digits-cnn');
    await problem(page);
    await page.unroute(WEIGHTS);
    await press(page, 'Try again');
    await page.getByText(/^\d+ epochs of /).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    await page.getByRole('link', { name: 'Data' }).first().click();
    await titled(page, '24 pictures in 3 classes');
  });
});

describe('a machine that cannot', () => {
  it.each([
    {
      what: 'without WebGPU',
      code: `Object.defineProperty(navigator, 'gpu', { value: undefined })`,
      says: /This browser offers no WebGPU\..*A current Chrome, Edge or Safari has WebGPU\./s,
    },
    {
      what: 'with too small an adapter',
      code: `Object.defineProperty(GPUAdapter.prototype, 'limits', { value: { maxStorageBufferBindingSize: 2 ** 26 } })`,
      says: /offers too little: maxStorageBufferBindingSize is .*, training needs .*The studio runs on WASM/s,
    },
  ])('$what computes on WASM and says why', async ({ code, says }) => {
    const { page, errors, close } = await openStudio({ prepare: (page) => inWorker(page, code) });
    await page.getByRole('button', { name: /running on WASM/ }).waitFor();
    await backendBadge(page).click();
    await page.getByRole('menuitemradio', { name: /^WebGPU/ }).click();
    await page.getByRole('button', { name: /^Computes on WASM / }).waitFor();
    expect(await backendDetails(page)).toMatch(says);
    await drop(page, await disk.folder('small', digits));
    await titled(page, '24 pictures in 3 classes');
    expect(errors).toEqual([]);
    await close();
  });

  it('opens no sample without a network, and says that own files open', async () => {
    const { page, close } = await openStudio();
    await chooseBackend(page, 'WASM');
    await page.route('**/samples/*.zip', (route) => route.abort('internetdisconnected'));
    await press(page, /^Handwritten/);
    expect(await problem(page)).toMatch(/The sample .*could not be loaded\..*your own files open/is);
    await close();
  });
});
