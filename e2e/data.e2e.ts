import { zipSync } from 'fflate';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenPage } from './support/browser.ts';
import {
  addClass,
  classRow,
  dropAnew,
  examplesOf,
  finding,
  findings,
  gallery,
  holds,
  leftOut,
  opened,
  picture,
  report,
  titled,
} from './support/data.ts';
import { drop } from './support/drop.ts';
import { type Files, pictures, useDisk } from './support/pictures.ts';
import { square } from './support/png.ts';
import {
  chooseBackend,
  chooseModel,
  endedSaying,
  eventually,
  go,
  openStudio,
  press,
  start,
  toModel,
  type,
} from './support/studio.ts';

const disk = useDisk();

const reason = (page: Page, words: string): Promise<void> => page.getByText(words, { exact: true }).waitFor();

/** One epoch of the small model, on what is open. */
async function trains(page: Page): Promise<void> {
  await toModel(page);
  await chooseModel(page, 'digits-cnn');
  await type(page, 'Epochs', 1);
  await page.getByText(/^1 epoch of /).waitFor();
  await start(page);
  await endedSaying(page, /The one epoch is done\./);
}

describe('loose pictures, sorted on the page', () => {
  let studio: OpenPage;
  /** Class by file: nothing else tells. */
  const truth = new Map<string, 'five' | 'six'>();
  const label = { five: '1', six: '2' } as const;

  beforeAll(async () => {
    studio = await openStudio();
    await chooseBackend(studio.page, 'WASM');
  });
  afterAll(() => studio?.close());

  /** Every picture by its file, in an order that says nothing. */
  async function paths(): Promise<string[]> {
    const fives = [...(await pictures('digits-5-9', { each: 9, classes: ['5'] })).values()];
    const sixes = [...(await pictures('digits-5-9', { each: 9, classes: ['6'] })).values()];
    const all = fives.flatMap((five, i) => [
      { is: 'five' as const, bytes: five },
      { is: 'six' as const, bytes: sixes[i]! },
    ]);
    return Promise.all(
      all.map(({ is, bytes }, i) => {
        const file = `IMG_${String(i + 1).padStart(4, '0')}.png`;
        truth.set(file, is);
        return disk.file(`loose/${file}`, bytes);
      }),
    );
  }
  const filesOf = (is: 'five' | 'six') => [...truth.keys()].filter((file) => truth.get(file) === is);

  it('waits in a tray, and says why no model can be chosen yet', async () => {
    const { page } = studio;
    await drop(page, ...(await paths()));
    await titled(page, '18 pictures, not sorted yet');
    await page.getByText('18 pictures are unsorted.').waitFor();
    await expect.poll(() => page.getByRole('button', { name: 'Choose a model' }).isDisabled()).toBe(true);
    await reason(page, 'Nothing is sorted yet: a model needs two classes with two pictures each.');
    await addClass(page, 'Make the first class', 'five');
    await addClass(page, 'Add a class', 'six');
    await titled(page, '18 pictures in 2 classes');
    await reason(page, 'No class has two pictures yet. A model needs two such classes.');
  });

  it('goes into classes by the mouse: one picture, then several', async () => {
    const { page } = studio;
    const [first, second, third] = filesOf('five') as [string, string, string];
    await picture(page, first).dragTo(classRow(page, 'five'));
    await holds(page, 'five', 1);
    await picture(page, second).click();
    await picture(page, third).click({ modifiers: ['Control'] });
    await page.getByText('2 picked').waitFor();
    await picture(page, third).dragTo(classRow(page, 'five'));
    await holds(page, 'five', 3);
    await reason(page, 'Only five has two pictures or more. A model needs another class to tell apart.');
    await expect.poll(() => page.getByRole('button', { name: 'Choose a model' }).isDisabled()).toBe(true);
  });

  it('goes into classes by keys: picked with Space, then each as it comes', async () => {
    const { page } = studio;
    const list = gallery(page);
    await list.focus();
    await page.keyboard.press('Home');
    // what is far away is drawn a moment after it is gone to
    const active = async (): Promise<string> => {
      const name = await page.waitForFunction(
        (element) => {
          const id = element?.getAttribute('aria-activedescendant');
          return id && document.getElementById(id)?.getAttribute('aria-label');
        },
        await list.elementHandle(),
      );
      return (await name.jsonValue()) as string;
    };
    const fileOf = (name: string) => name.split(',')[0]!;
    // two sixes at once
    for (let picked = 0; picked < 2; ) {
      if (truth.get(fileOf(await active())) === 'six') {
        await page.keyboard.press('Space');
        picked++;
      }
      const before = await active();
      await page.keyboard.press('ArrowRight');
      await expect.poll(active).not.toBe(before);
    }
    await page.keyboard.press('2');
    await holds(page, 'six', 2);
    await page.keyboard.press('Home');
    for (;;) {
      const name = await active();
      if (!name.includes(', Unsorted,')) break;
      await page.keyboard.press(label[truth.get(fileOf(name))!]);
      await expect.poll(active).not.toBe(name);
    }
    await holds(page, 'five', 9);
    await holds(page, 'six', 9);
    for (const [file, is] of truth)
      await expect.poll(() => picture(page, file).getAttribute('aria-label'), { message: file }).toContain(`, ${is},`);
    await page.getByText(/are unsorted\./).waitFor({ state: 'hidden' });
  });

  it('takes back and does again, leaves out and takes in', async () => {
    const { page } = studio;
    const [file] = filesOf('six') as [string];
    await picture(page, file).click();
    await page.keyboard.press('1');
    await holds(page, 'five', 10);
    await press(page, 'Undo: move 1 picture');
    await holds(page, 'six', 9);
    await page.keyboard.press('Control+Shift+z');
    await holds(page, 'five', 10);
    await page.keyboard.press('Control+z');
    await holds(page, 'six', 9);
    await picture(page, file).click();
    await page.keyboard.press('Delete');
    await holds(page, 'six', 8);
    await expect.poll(() => picture(page, file).getAttribute('aria-label')).toBe(`${file}, six, left out`);
    await page.keyboard.press('Delete');
    await holds(page, 'six', 9);
  });

  it('then trains', async () => {
    const { page, errors } = studio;
    await trains(page);
    expect(errors).toEqual([]);
  });
});

describe('pictures from the camera', () => {
  let studio: OpenPage;
  beforeAll(async () => {
    studio = await openStudio({ flags: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'] });
    await chooseBackend(studio.page, 'WASM');
  });
  afterAll(() => studio?.close());

  const button = (page: Page) => page.getByRole('button', { name: /^(Hold to record|Recording)$/ });
  /** So many of a class, as the dialog counts them while the button is held. */
  const taken = async (page: Page, name: string): Promise<number> => {
    const words = await page.getByText(new RegExp(`^[\\d,]+ pictures? of ${name} taken\\.$`)).innerText();
    return Number(words.match(/^\d+/)![0]);
  };
  const enough = (page: Page, name: string) =>
    expect.poll(() => taken(page, name), { timeout: 60_000 }).toBeGreaterThanOrEqual(6);

  /** Waits until the title has counted all that were taken, the last of which is there a moment after the button is let go. */
  const allOf = (page: Page, name: string, before: number, among: string): Promise<number> =>
    eventually(async () => {
      const count = await taken(page, name);
      expect(await page.locator('h1').innerText()).toBe(`${before + count} pictures ${among}`);
      return count;
    });

  it('asks for the name first, then records while the mouse holds', async () => {
    const { page } = studio;
    await press(page, 'Use the camera');
    await page.getByText('Choose or name the class first.').waitFor();
    await expect.poll(() => button(page).isDisabled()).toBe(true);
    await page.getByRole('combobox', { name: 'Class', exact: true }).fill('left hand');
    await expect.poll(() => button(page).isEnabled(), { timeout: 60_000 }).toBe(true);
    await button(page).hover();
    await page.mouse.down();
    await enough(page, 'left hand');
    await page.mouse.up();
    await button(page).getByText('Hold to record').waitFor();
    await allOf(page, 'left hand', 0, 'in 1 class');
  });

  it('records into a new class while a key holds, and adds nothing after', async () => {
    const { page } = studio;
    const before = Number((await page.locator('h1').innerText()).match(/^\d+/)![0]);
    await page.getByRole('combobox', { name: 'Class', exact: true }).fill('right hand');
    await expect.poll(() => button(page).isEnabled(), { timeout: 60_000 }).toBe(true);
    await button(page).focus();
    await page.keyboard.down(' ');
    await enough(page, 'right hand');
    await page.keyboard.up(' ');
    await button(page).getByText('Hold to record').waitFor();
    const count = await allOf(page, 'right hand', before, 'in 2 classes');
    await press(page, 'Close');
    await holds(page, 'left hand', before);
    await holds(page, 'right hand', count);
  });

  it('lets the camera go with the dialog, and trains on what it took', async () => {
    const { page, errors } = studio;
    await expect.poll(() => page.locator('video').count()).toBe(0);
    await trains(page);
    expect(errors).toEqual([]);
  });
});

/** The same picture as another file: half the size, saved as JPEG. */
const resaved = (page: Page, png: Uint8Array): Promise<Uint8Array> =>
  page
    .evaluate(
      async (bytes) => {
        const bitmap = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
        const canvas = new OffscreenCanvas(bitmap.width / 2, bitmap.height / 2);
        const context = canvas.getContext('2d')!;
        // the paper of a drawing is see-through, which JPEG is not
        context.fillStyle = 'white';
        context.fillRect(0, 0, canvas.width, canvas.height);
        context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
        const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.8 });
        return [...new Uint8Array(await blob.arrayBuffer())];
      },
      [...png],
    )
    .then((bytes) => new Uint8Array(bytes));

describe('the data report', () => {
  let studio: OpenPage;
  beforeAll(async () => {
    studio = await openStudio();
    await chooseBackend(studio.page, 'WASM');
  });
  afterAll(() => studio?.close());

  /** Drawings in splits of their own, and one of each fault, by file. */
  async function planted(page: Page): Promise<Files> {
    const drawings = await pictures('drawings', { each: 60 });
    const of = (name: string) =>
      [...drawings].filter(([path]) => path.startsWith(`${name}/`)).map(([, bytes]) => bytes);
    const [animals, faces, food, vehicles] = [of('animals'), of('faces'), of('food'), of('vehicles')];
    const files = new Map<string, Uint8Array>();
    const put = (name: string, all: readonly Uint8Array[], [train, validation]: readonly [number, number]) =>
      all.forEach((bytes, i) => {
        const split = i < train ? 'train' : i < train + validation ? 'validation' : 'test';
        files.set(`${split}/${name}/${name.trim().toLowerCase()}-${i}.png`, bytes);
      });
    put('Cat', animals.slice(0, 30), [20, 5]);
    put('cat ', animals.slice(30, 56), [18, 4]);
    put('face', faces.slice(0, 28), [20, 4]);
    put('food', food.slice(0, 28), [20, 4]);
    put('vehicle', vehicles.slice(0, 12), [8, 2]);
    put('rare', vehicles.slice(40, 46), [4, 1]);
    return new Map([
      ...files,
      ['train/food/leak.png', files.get('test/food/food-25.png')!],
      ['train/food/conflict.png', files.get('train/face/face-1.png')!],
      ['train/face/copy.png', files.get('train/face/face-2.png')!],
      ['train/face/near.jpg', await resaved(page, files.get('train/face/face-3.png')!)],
      ['train/food/blank.png', square(128, () => [240, 238, 236])],
      ['train/food/tiny.png', square(16, (x, y) => [x * 16, y * 16, 90])],
      ['train/food/cut.png', food[0]!.subarray(0, 3000)],
    ]);
  }

  const PLANTED = [
    { title: '1 picture is in two splits', shows: ['food-25.png', 'leak.png'] },
    { title: '1 picture has two labels', shows: ['face-1.png', 'conflict.png'] },
    { title: '1 picture is there more than once', shows: ['face-2.png', 'copy.png'] },
    { title: '1 picture has near copies', shows: ['face-3.png', 'near.jpg'] },
    { title: '1 picture is blank', shows: ['blank.png'] },
    { title: '1 picture has an odd size', shows: ['tiny.png'] },
    { title: '“vehicle” has far fewer pictures than the others', shows: [] },
    { title: '“rare” has too few pictures', shows: [] },
    { title: '“Cat” and “cat ” may be one class', shows: null },
  ];

  it('names every planted fault with its pictures, and nothing else', async () => {
    const { page } = studio;
    // in a zip: not every disk tells such names apart
    await drop(page, await disk.file('planted.zip', zipSync(Object.fromEntries(await planted(page)))));
    await titled(page, '136 pictures in 6 classes');
    await expect.poll(() => findings(page)).toEqual(PLANTED.map(({ title }) => title));
    for (const { title, shows } of PLANTED) {
      if (!shows) continue;
      // thumbnails come when they are in view
      const files = async () => (await examplesOf(finding(page, title))).map((name) => name.split(',')[0]!).toSorted();
      await expect.poll(files, { message: title }).toEqual(shows.toSorted());
    }
    await expect.poll(() => leftOut(page)).toContain('train/food/cut.png is damaged: the browser cannot decode it.');
  });

  it('mends each at one click, which undo takes back', async () => {
    const { page } = studio;
    const leak = '1 picture is in two splits';
    await finding(page, leak).getByRole('button', { name: 'Leave out 1 picture' }).click();
    await page.getByText('Done: leave out 1 picture.').waitFor();
    await expect.poll(() => findings(page)).not.toContain(leak);
    await expect.poll(() => picture(page, 'leak.png').count()).toBe(0);
    await report(page).getByRole('button', { name: 'Undo', exact: true }).click();
    await expect.poll(() => findings(page)).toContain(leak);
    const remedies = {
      [leak]: 'Leave out 1 picture',
      '1 picture has two labels': 'Leave out 2 pictures',
      '1 picture is there more than once': 'Leave out 1 picture',
      '1 picture has near copies': 'Leave out 1 picture',
      '1 picture is blank': 'Leave out 1 picture',
      '1 picture has an odd size': 'Leave out 1 picture',
      '“Cat” and “cat ” may be one class': 'Make them one class',
    };
    for (const [title, remedy] of Object.entries(remedies)) {
      await finding(page, title).getByRole('button', { name: remedy }).click();
      await expect.poll(() => findings(page), { message: title }).not.toContain(title);
    }
    await titled(page, '136 pictures in 5 classes');
    await holds(page, 'Cat', 56);
    await expect
      .poll(() => findings(page))
      .toEqual(['“vehicle” has far fewer pictures than the others', '“rare” has too few pictures']);
  });

  it.each([
    { sample: /^Drawings/, title: '240 pictures in 4 classes', says: 'Nothing found in 240 pictures.' },
    { sample: /^Handwritten/, title: '1,000 pictures in 5 classes', says: 'Nothing found in 1,000 pictures.' },
  ])('says that nothing was found in $says', async ({ sample, title, says }) => {
    const { page, errors } = studio;
    await go(page, '#/start');
    await press(page, sample);
    await titled(page, title);
    await report(page).getByText(says).waitFor();
    await expect.poll(() => findings(page)).toEqual([]);
    expect(errors).toEqual([]);
  });
});

describe('labels that are wrong', () => {
  /** Of each class, and of these so many that lie in the folder of the next. */
  const EACH = 40;
  const FLIPPED = 3;
  const CLASSES = ['5', '6', '7', '8'];

  it('are found by asking a model that did not learn from them, and put right at one click', async () => {
    const { page, errors, close } = await openStudio();
    await chooseBackend(page, 'WASM');
    const seen = new Map<string, number>();
    const files = [...(await pictures('digits-5-9', { each: EACH, classes: CLASSES }))].map(
      ([path, bytes]): [string, Uint8Array] => {
        const [name, file] = path.split('/') as [string, string];
        const place = seen.get(name) ?? 0;
        seen.set(name, place + 1);
        const next = CLASSES[(CLASSES.indexOf(name) + 1) % CLASSES.length]!;
        return place < FLIPPED ? [`${next}/is-${name}-${file}`, bytes] : [path, bytes];
      },
    );
    await drop(page, await disk.folder('flipped', new Map(files)));
    await titled(page, '160 pictures in 4 classes');
    await toModel(page);
    await chooseModel(page, 'digits-cnn');
    await page.getByText(/^\d+ epochs? of /).waitFor();
    await page.getByRole('link', { name: /Data/ }).first().click();
    await press(page, 'Look for wrong labels');
    const section = page.getByRole('region', { name: 'Wrong labels' });
    const heading = section.getByRole('heading');
    await heading.getByText(/probably wrong$/).waitFor();
    const more = section.getByRole('button', { name: /^Show \d+ more$/ });
    const count = Number((await heading.innerText()).match(/^\d+/)![0]);
    const found = await eventually(async () => {
      if (await more.isVisible()) await more.click();
      const images = section.getByRole('listitem').getByRole('img');
      const paths = await images.evaluateAll((all) => all.map((image) => image.getAttribute('alt') ?? ''));
      expect(paths).toHaveLength(count);
      return paths;
    });
    const flipped = found.filter((path) => path.includes('/is-'));
    expect(flipped.length).toBeGreaterThanOrEqual(8);
    expect(found.slice(0, 6).filter((path) => path.includes('/is-')).length).toBeGreaterThanOrEqual(5);

    const [given, was] = flipped[0]!.match(/(\d)\/is-(\d)/)!.slice(1) as [string, string];
    const suspect = section.getByRole('listitem').filter({ has: page.getByRole('img', { name: flipped[0]! }) });
    await expect.poll(() => suspect.innerText()).toMatch(new RegExp(`labelled ${given},\\s+probably ${was} `));
    await suspect.getByRole('button', { name: `It is ${was}` }).click();
    await heading.getByText(`${count - 1} labels are probably wrong`).waitFor();
    await holds(page, was, EACH + 1);
    await holds(page, given, EACH - 1);
    expect(errors).toEqual([]);
    await close();
  });
});

describe('data sets in other shapes', () => {
  let studio: OpenPage;
  let digits: Files;
  beforeAll(async () => {
    studio = await openStudio();
    digits = await pictures('digits-5-9', { each: 8, classes: ['5', '6'] });
  });
  afterAll(() => studio?.close());

  it('a Hugging Face image folder: tables beside the pictures, in CSV and in JSON lines, with a column to group by', async () => {
    const { page } = studio;
    const files = new Map<string, Uint8Array>();
    const rows: { split: string; file_name: string; label: string; writer: string }[] = [];
    [...digits].forEach(([path, bytes], i) => {
      const split = i % 8 < 5 ? 'train' : i % 8 < 6 ? 'validation' : 'test';
      const file_name = `${i}.png`;
      files.set(`${split}/${file_name}`, bytes);
      rows.push({ split, file_name, label: path.startsWith('5') ? 'five' : 'six', writer: i % 2 ? 'Aida' : 'Bela' });
    });
    const csv = (split: string) =>
      [
        'file_name,label,writer',
        ...rows
          .filter((row) => row.split === split)
          .map(({ file_name, label, writer }) => `${file_name},${label},${writer}`),
      ].join('\n');
    const [first, ...rest] = rows
      .filter(({ split }) => split === 'test')
      .map(({ split: _, ...row }) => JSON.stringify(row));
    const text = (words: string) => new TextEncoder().encode(words);
    const folder = await disk.folder(
      'hub',
      new Map([
        ...files,
        ['train/metadata.csv', text(csv('train'))],
        ['validation/metadata.csv', text(csv('validation'))],
        ['test/metadata.jsonl', text([first, '{"file_name": "0.png", "label":', ...rest].join('\n'))],
      ]),
    );
    await drop(page, folder);
    await titled(page, '16 pictures in 2 classes');
    await page.getByText('Your folders name the splits.').waitFor();
    await holds(page, 'five', 8);
    await expect.poll(() => picture(page, '0.png').getAttribute('aria-label')).toBe('0.png, five, Training');
    await expect.poll(() => picture(page, '14.png').getAttribute('aria-label')).toBe('14.png, six, Test');
    await expect.poll(() => leftOut(page)).toContain('hub/test/metadata.jsonl, row 2: the line holds no JSON object.');
    expect(await opened(page)).toEqual({
      problems: ['jsonl-bad-line'],
      groups: [{ name: 'writer', values: ['Aida', 'Bela'] }],
    });
  });

  it.each([
    {
      what: 'years around classes',
      path: (name: string, i: number) => `${i % 2 ? 2023 : 2024}/${name}`,
      classes: ['2023', '2024'],
      says: /was taken for “2023”, and folders within belong to it\..*drop the folder “2023” alone/s,
    },
    {
      what: 'one folder around classes',
      path: (name: string) => `all/of/them/${name}`,
      classes: ['5', '6'],
      says: /was taken for “5”, because the folders around it tell no classes apart\..*rename and merge the classes/s,
    },
  ])('folders in folders: $what', async ({ what, path, classes, says }) => {
    const { page, errors } = studio;
    const nested = [...digits].map(([name, bytes], i): [string, Uint8Array] => [path(name, i), bytes]);
    const cover: [string, Uint8Array] = ['cover.png', square(28, (x, y) => [9 * x, 9 * y, 9])];
    await dropAnew(page, await disk.folder(what, new Map([...nested, cover])));
    for (const name of classes) await holds(page, name, 8);
    await page.getByText('1 picture is unsorted.', { exact: true }).waitFor();
    await page.getByText(/^Folders lie in folders: /).waitFor();
    await expect.poll(() => report(page).innerText()).toMatch(says);
    expect(errors).toEqual([]);
  });
});

describe('five hundred classes', () => {
  it('are found, shown and taken to a model', async () => {
    const { page, errors, close } = await openStudio();
    await chooseBackend(page, 'WASM');
    const files = new Map<string, Uint8Array>();
    for (let label = 0; label < 500; label++)
      for (let i = 0; i < 3; i++)
        files.set(
          `kind-${label}/${i}.png`,
          square(16, (x, y) => [(label * 37 + x * 9) % 256, (label * 11 + y * 13) % 256, (i * 83 + x * y) % 256]),
        );
    await drop(page, await disk.folder('many', files));
    await titled(page, '1,500 pictures in 500 classes');
    const shown = gallery(page).getByRole('option');
    await shown.first().waitFor();
    await expect.poll(() => shown.count()).toBeLessThan(300);
    await expect
      .poll(() => page.getByRole('list', { name: 'Show a class' }).getByRole('listitem').count())
      .toBeLessThan(60);

    await gallery(page).focus();
    await page.keyboard.press('Control+End');
    await gallery(page).getByText('kind-499', { exact: true }).waitFor();

    await page.getByRole('searchbox', { name: 'Find a class' }).fill('kind-321');
    await classRow(page, 'kind-321').click();
    await expect.poll(() => shown.count()).toBe(3);
    await shown.first().click();
    await press(page, 'Move to a class');
    await page.getByPlaceholder('Find or name a class').fill('kind-444');
    await page.getByRole('option', { name: 'kind-444' }).click();
    await expect.poll(() => shown.count()).toBe(2);

    await toModel(page);
    await chooseModel(page, 'digits-cnn');
    await page.getByText(/^\d+ epochs? of /).waitFor();
    await expect.poll(() => page.getByRole('button', { name: /^Start run/ }).isEnabled()).toBe(true);
    expect(errors).toEqual([]);
    await close();
  });
});
