import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { zipSync } from 'fflate';
import type { Page, Route } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenPage } from './support/browser.ts';
import { dropAnew, finding, findings, holds, leftOut, picture, report, titled } from './support/data.ts';
import { drop } from './support/drop.ts';
import { inWorker } from './support/engine.ts';
import { type Files, pictures, useDisk } from './support/pictures.ts';
import { promise, vast } from './support/png.ts';
import {
  backendBadge,
  backendSays,
  chooseBackend,
  chooseModel,
  endedSaying,
  eventually,
  openStudio,
  press,
  start,
  toModel,
  type,
} from './support/studio.ts';

const disk = useDisk();
let digits: Files;
beforeAll(async () => {
  digits = await pictures('digits-5-9', { each: 10, classes: ['5', '6', '7'] });
});

/** Waits until the page says so of what just went wrong, and nothing else did. */
const problem = (page: Page, says: RegExp): Promise<void> =>
  eventually(async () => {
    const told = await page.getByRole('alert').allInnerTexts();
    expect(told).toEqual([expect.stringMatching(says)]);
    expect(told[0]).not.toMatch(/undefined|\{\{/);
  });

/** A JPEG whose frame header promises 65,000 by 65,000 pixels (ITU T.81, B.2.2), and ends. */
const GIANT = new Uint8Array([
  ...[0xff, 0xd8, 0xff, 0xc0, 0, 17, 8, 0xfd, 0xe8, 0xfd, 0xe8, 3],
  ...[1, 0x11, 0, 2, 0x11, 1, 3, 0x11, 1, 0xff, 0xd9],
]);

const text = (words: string): Uint8Array => new TextEncoder().encode(words);

/** Waits until the report tells all of this. */
const tells = (page: Page, ...words: readonly (string | RegExp)[]): Promise<void> =>
  eventually(async () => {
    const told = await report(page).innerText();
    for (const each of words) expect(told).toMatch(each);
  });

/** The same of the data as a whole and of what it left out, every line of it. */
async function tellsAll(page: Page, ...words: readonly (string | RegExp)[]): Promise<void> {
  await findings(page);
  await leftOut(page);
  await tells(page, ...words);
}

describe('data that is wrong', () => {
  let studio: OpenPage;
  let whole: Uint8Array;
  beforeAll(async () => {
    whole = digits.values().next().value!;
    studio = await openStudio({
      flags: ['--use-fake-device-for-media-stream'],
      context: { permissions: [] },
    });
  });
  afterAll(() => studio?.close());

  it('names each file that it leaves out with what to do, and uses the rest', async () => {
    const { page } = studio;
    const folder = await disk.folder(
      'mixed',
      new Map([
        ...digits,
        ['5/cut.png', whole.subarray(0, whole.length / 2)],
        ['6/empty.png', new Uint8Array()],
        ['7/letter.jpg', text('Dear reader, this is no picture.')],
        ['5/large.png', vast(20_000, 20_000)],
        ['6/promise.png', promise(40_000, 25_000)],
        ['7/promise.jpg', GIANT],
        ['7/long.png', vast(20_000, 500)],
        ['alone/one.png', whole],
      ]),
    );
    await drop(page, folder);
    // what is 20,000 pixels long and no more than a photo is taken
    await titled(page, '32 pictures in 4 classes');
    await tellsAll(
      page,
      '6 files or rows were left out. Everything else is in use.',
      'mixed/5/cut.png is damaged: the browser cannot decode it.',
      'mixed/6/empty.png is empty (0 bytes).',
      /mixed\/7\/letter\.jpg holds text, not a picture\..*Pictures are JPEG, PNG/s,
      'mixed/5/large.png has 20,000 × 20,000 pixels, more than the studio takes.',
      'mixed/6/promise.png has 40,000 × 25,000 pixels, more than the studio takes.',
      'mixed/7/promise.jpg has 65,000 × 65,000 pixels, more than the studio takes.',
      'Make it smaller and drop it again.',
      '“alone” has too few pictures',
      'merge it into another',
    );
    await page.getByRole('link', { name: 'Choose a model' }).waitFor();
  });

  it.each([
    {
      what: 'an empty folder',
      make: () => disk.folder('nothing', new Map()),
      says: /What you dropped holds no files\..*What was open before is still there/s,
      asks: false,
    },
    {
      what: 'a folder with neither pictures nor tables',
      make: () => disk.folder('letters', new Map([['a/letter.pdf', text('%PDF-1.7 Dear reader')]])),
      says: /No picture and no table was found.*Drop JPEG, PNG.*What was open before is still there/s,
    },
    {
      what: 'an empty table',
      make: () => disk.file('empty.csv', ''),
      says: /empty\.csv is empty \(0 bytes\)\..*Copy it again, or drop another file/s,
    },
    {
      what: 'a zip that is none',
      make: () => disk.file('torn.zip', 'PK\x03\x04 and then nothing that a zip would hold'),
      says: /torn\.zip is damaged: nothing in it could be unpacked\..*Pack or download it again/s,
    },
    {
      what: 'a zip that inflates beyond bounds',
      make: () => disk.file('bomb.zip', zipSync({ '5/bomb.bmp': new Uint8Array(40 * 2 ** 20) })),
      says: /bomb\.zip unpacks to more than 200 times its size, as zip bombs do\..*Unpack it and drop the folder/s,
    },
    {
      what: 'a zip of nothing but a zip',
      make: () => disk.file('outer.zip', zipSync({ 'inner.zip': zipSync(Object.fromEntries(digits)) })),
      says: /outer\.zip holds another zip, “inner\.zip”, which was not opened\..*Unpack it and drop the folder/s,
    },
  ])('refuses $what, and keeps what was open', async ({ make, says, asks = true }) => {
    const { page } = studio;
    await (asks ? dropAnew : drop)(page, await make());
    await problem(page, says);
    await titled(page, '32 pictures in 4 classes');
    await press(page, 'Close');
  });

  it('says what a camera that is refused needs, loses nothing, and goes on when it is allowed', async () => {
    const { page } = studio;
    await press(page, 'Take pictures');
    await problem(
      page,
      /The browser was told not to use the camera\..*Press the camera sign in the address bar, allow it/s,
    );
    await expect.poll(() => page.getByRole('button', { name: 'Hold to record' }).isDisabled()).toBe(true);
    await page.context().grantPermissions(['camera']);
    await press(page, 'Try again');
    await page.getByRole('alert').waitFor({ state: 'detached' });
    await page.getByRole('combobox', { name: 'Class', exact: true }).fill('5');
    await expect
      .poll(() => page.getByRole('button', { name: 'Hold to record' }).isEnabled(), { timeout: 30_000 })
      .toBe(true);
    await press(page, 'Close');
    await titled(page, '32 pictures in 4 classes');
  });

  it('takes one class, and says that a model needs another', async () => {
    const { page } = studio;
    const fives = new Map([...digits].filter(([path]) => path.startsWith('5/')));
    await dropAnew(page, await disk.folder('single', fives));
    await titled(page, '10 pictures in 1 class');
    await page.getByText('Only 5 has two pictures or more. A model needs another class to tell apart.').waitFor();
    await expect.poll(() => page.getByRole('button', { name: 'Choose a model' }).isDisabled()).toBe(true);
  });

  it('shows names in any script and of 250 letters', async () => {
    const { page } = studio;
    const names = ['猫咪', 'Мысық', 'قطط', '🐈‍⬛🎉', 'x'.repeat(250)];
    const files = names.flatMap((name, label) =>
      [...digits.values()]
        .slice(3 * label, 3 * label + 3)
        .map((bytes, i): [string, Uint8Array] => [`${name}/${name.slice(0, 240)}-${i}.png`, bytes]),
    );
    await dropAnew(page, await disk.folder('图片', new Map(files)));
    await titled(page, '15 pictures in 5 classes');
    for (const name of names) {
      await holds(page, name, 3);
      await picture(page, `${name.slice(0, 240)}-2.png`).waitFor();
    }
    await expect
      .poll(() => page.evaluate(() => document.documentElement.scrollWidth - innerWidth))
      .toBeLessThanOrEqual(0);
  });

  it('keeps two files of one path apart', async () => {
    const { page } = studio;
    const zip = zipSync({ ...Object.fromEntries(digits), '5/first.png': whole, '5/again.png': whole }, { level: 0 });
    // no disk holds such a pair, but archives do
    const twice = Buffer.from(Buffer.from(zip).toString('latin1').replaceAll('5/again.png', '5/first.png'), 'latin1');
    await dropAnew(page, await disk.file('twice.zip', twice));
    await titled(page, '32 pictures in 3 classes');
    await tells(
      page,
      'There are two files called 5/first.png.',
      'Both are in use; one of them is shown as 5/first (2).png. If it is a copy, leave it out.',
    );
    await holds(page, '5', 12);
    await picture(page, 'first.png').waitFor();
    await picture(page, 'first \\(2\\).png').waitFor();
  });

  it('names the rows of a table that cannot be used, and offers to merge labels that differ by case or blanks', async () => {
    const { page } = studio;
    const labels = { 5: 'Cat', 6: 'cat', 7: 'dog' } as Record<string, string>;
    const rows = [...digits.keys()].map((path) => `${path},${labels[path[0]!]}`);
    const table = ['file,label', 'gone.png,Cat', 'one.png,dog', ...rows, ' 8/blank.png ,'].join('\n');
    const folder = await disk.folder(
      'table',
      new Map([...digits, ['a/one.png', whole], ['b/one.png', whole], ['8/blank.png', whole], ['l.csv', text(table)]]),
    );
    await dropAnew(page, folder);
    await titled(page, '33 pictures in 3 classes');
    await tellsAll(
      page,
      /table\/l\.csv, row 2: there is no picture “gone\.png”\..*Drop the table together/s,
      /table\/l\.csv, row 3: “one\.png” could mean any of 2 pictures\..*write its folder before/s,
      /table\/l\.csv, row 34, column “label”: the label of “8\/blank\.png” is empty\..*Sort it/s,
    );
    await page.getByText('3 pictures are unsorted.').waitFor();

    const names = '“cat” and “Cat” may be one class';
    await finding(page, names).getByRole('button', { name: 'Make them one class' }).click();
    await titled(page, '33 pictures in 2 classes');
    await holds(page, 'cat', 20);
    await expect.poll(() => findings(page), { timeout: 30_000 }).not.toContain(names);
    await report(page).getByRole('button', { name: 'Undo', exact: true }).click();
    await titled(page, '33 pictures in 3 classes');
    await expect.poll(() => findings(page), { timeout: 30_000 }).toContain(names);
  });

  it('takes from a zip what lies within, and tells of paths that lead out and of a zip inside', async () => {
    const { page } = studio;
    const zip = zipSync({
      ...Object.fromEntries(digits),
      '../../5/outside.png': whole,
      '..\\6\\windows.png': whole,
      'more/inner.zip': zipSync(Object.fromEntries(digits)),
    });
    await dropAnew(page, await disk.file('sly.zip', zip));
    await titled(page, '32 pictures in 3 classes');
    await tells(
      page,
      'sly.zip: the path “../../5/outside.png” leads out of the archive.',
      'The file is in use as “5/outside.png”, and nothing outside was touched.',
      'sly.zip: the path “..\\6\\windows.png” leads out of the archive.',
      'sly.zip holds another zip, “more/inner.zip”, which was not opened.',
    );
    await picture(page, 'outside.png').waitFor();
  });

  it('takes from a zip that is cut short what is whole', async () => {
    const { page } = studio;
    const zip = zipSync(Object.fromEntries(digits), { level: 0 });
    await dropAnew(page, await disk.file('cut.zip', zip.subarray(0, Math.round(zip.length * 0.8))));
    await page.getByText('cut.zip is damaged: part of it could not be unpacked.').waitFor();
    const [pictures] = (await page.getByRole('heading', { level: 1 }).innerText()).match(/\d+/)!;
    expect(Number(pictures)).toBeGreaterThan(15);
    expect(Number(pictures)).toBeLessThan(30);
  });

  it('still trains on what is left', async () => {
    const { page, errors } = studio;
    await toModel(page);
    await chooseModel(page, 'digits-cnn');
    await type(page, 'Epochs', 2);
    await page.getByText(/^2 epochs of /).waitFor();
    await start(page);
    await endedSaying(page, /All 2 epochs are done\./);
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
    await titled(page, '30 pictures in 3 classes');
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
    await problem(page, says);
    await expect.poll(() => page.getByRole('button', { name: /^Start run/ }).isDisabled()).toBe(true);
    await page.unroute(WEIGHTS);
    await chooseModel(page, 'efficientnet-lite0');
    await page.getByText(/^\d+ epochs of /).waitFor();
  });

  it('loads them when they can be had, with the data still open', async () => {
    const { page } = studio;
    await page.route(WEIGHTS, (route) => route.abort('internetdisconnected'));
    await chooseModel(page, 'digits-cnn');
    await problem(page, /could not be loaded/);
    await page.unroute(WEIGHTS);
    await press(page, 'Try again');
    await page.getByText(/^\d+ epochs of /).waitFor();
    await expect.poll(() => page.getByRole('alert').count()).toBe(0);
    await page.getByRole('link', { name: 'Data' }).first().click();
    await titled(page, '30 pictures in 3 classes');
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
    await backendSays(page, says);
    await drop(page, await disk.folder('small', digits));
    await titled(page, '30 pictures in 3 classes');
    expect(errors).toEqual([]);
    await close();
  });

  it('opens no sample without a network, and says that own files open', async () => {
    const { page, close } = await openStudio();
    await chooseBackend(page, 'WASM');
    await page.route('**/samples/*.zip', (route) => route.abort('internetdisconnected'));
    await press(page, /^Handwritten/);
    await problem(page, /The sample .*could not be loaded\..*your own files open/is);
    await close();
  });
});
