import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Bench, type Figure, withSpread } from './lib/figure.ts';
import { CLASSES, makePhotos } from './lib/photos.ts';
import { serveSite } from './lib/site.ts';
import { clickAtOnce, openStudio, type StudioPage } from './lib/studio-page.ts';
import { type Task, traceTasks } from './lib/trace.ts';

const PHOTOS = 2000;
const SIZE = { width: 1024, height: 768 };
/** Photographs to be seen before the first ones count as shown. */
const FIRST = 4;

interface Round {
  /** From the drop to the frame in which the first thumbnails stand. */
  firstMs: number;
  readSeconds: number;
  tasks: Task[];
  /** From the click on the kept project until everything can be used. */
  reopenSeconds: number;
}

/** Two thousand photographs: how soon the first are seen, whether the page stays awake, and how soon they are back. */
export const manyPictures: Bench = {
  name: 'many-pictures',
  async measure(rounds = 3) {
    const site = await serveSite();
    const maker = await openStudio(site.url);
    await maker.load();
    const { folder, bytes } = await makePhotos(maker.page, Math.ceil(PHOTOS / CLASSES.length), SIZE);
    await maker.close();
    const all: Round[] = [];
    let on = '';
    try {
      for (let round = 0; round < rounds; round++) {
        // a browser of its own each time: nothing is kept from the round before
        const studio = await openStudio(site.url, [], true);
        const threads = await studio.load();
        on = `WASM, ${threads} thread${threads > 1 ? 's' : ''}, ${studio.browser} headless, the built site`;
        all.push(await once(studio, folder));
        await studio.close();
      }
    } finally {
      rmSync(dirname(folder), { recursive: true });
      await site.close();
    }
    return figures(all, on, `${PHOTOS} JPEG of ${SIZE.width} x ${SIZE.height} px, ${(bytes / 2 ** 20).toFixed(0)} MiB`);
  },
};

async function once(studio: StudioPage, folder: string): Promise<Round> {
  const { page, errors } = studio;
  let firstMs = 0;
  let readSeconds = 0;
  const tasks = await traceTasks(page, async () => {
    await studio.drop([folder]);
    firstMs = await page.evaluate(firstThumbnails, FIRST);
    await page.locator('main a[href="#/model"]').waitFor();
    readSeconds = await page.evaluate(() => (performance.now() - window.bench.droppedAt) / 1000);
  });
  // everything is on the disk
  await page.getByText('Kept in this browser').waitFor();
  await studio.load();
  await page.getByRole('button', { name: /^Go on with/ }).waitFor();
  const started = await page.evaluate(() => performance.now());
  await clickAtOnce(page, 'main button[aria-label^="Go on with"]');
  await page.evaluate(galleryStands, FIRST);
  await page.locator('main a[href="#/model"]').waitFor();
  const reopenSeconds = (await page.evaluate((from) => performance.now() - from, started)) / 1000;
  if (errors.length > 0) throw new Error(errors.join('\n'));
  return { firstMs, readSeconds, tasks, reopenSeconds };
}

/** In the page: waits until so many pictures are drawn; milliseconds since the drop. */
async function firstThumbnails(count: number): Promise<number> {
  for (;;) {
    await new Promise(requestAnimationFrame);
    const drawn = [...document.querySelectorAll('main img')].filter(
      (picture) => picture instanceof HTMLImageElement && picture.complete && picture.naturalWidth > 0,
    );
    if (drawn.length >= count) return performance.now() - window.bench.droppedAt;
  }
}

/** In the page: waits until so many pictures of the gallery are drawn. */
async function galleryStands(count: number): Promise<void> {
  for (;;) {
    await new Promise(requestAnimationFrame);
    const drawn = [...document.querySelectorAll<HTMLImageElement>('main [data-id] img')].filter(
      ({ complete, naturalWidth }) => complete && naturalWidth > 0,
    );
    if (drawn.length >= count) return;
  }
}

function figures(all: readonly Round[], on: string, photos: string): Figure[] {
  const longest = (key: 'ms' | 'processorMs') => all.map(({ tasks }) => Math.max(...tasks.map((task) => task[key])));
  const worst = all.flatMap(({ tasks }, i) =>
    [...tasks]
      .sort((a, b) => b.processorMs - a.processorMs)
      .slice(0, 3)
      .map(
        ({ ms, processorMs, parts }) =>
          `round ${i + 1}, ${ms.toFixed(0)} ms, of it ${processorMs.toFixed(0)} ms on a processor: ${parts.join(', ') || 'nothing known'}`,
      ),
  );
  const read = withSpread(
    all.map(({ readSeconds }) => readSeconds),
    's',
  );
  return [
    {
      what: `drop of ${PHOTOS} photos to the first ${FIRST} thumbnails on the screen`,
      target: { at: 'most', value: 1000 },
      unit: 'ms',
      samples: all.map(({ firstMs }) => firstMs),
      decides: 'median',
      on,
      details: [photos, `all of them read, with thumbnails and fingerprints: ${read}`],
    },
    {
      what: `longest task of the page while ${PHOTOS} photos are read, in processor time`,
      target: { at: 'most', value: 50 },
      unit: 'ms',
      samples: longest('processorMs'),
      decides: 'worst',
      on,
      details: worst,
    },
    {
      what: 'the same by the clock',
      target: { at: 'most', value: 50 },
      unit: 'ms',
      samples: longest('ms'),
      decides: 'worst',
      on,
      details: all.map(
        ({ tasks }, i) =>
          `round ${i + 1}: ${tasks.filter(({ ms }) => ms > 50).length} of ${tasks.length} tasks over 50 ms`,
      ),
    },
    {
      what: `a kept project of ${PHOTOS} photos, from the click to a gallery that can be used`,
      target: { at: 'most', value: 2 },
      unit: 's',
      samples: all.map(({ reopenSeconds }) => reopenSeconds),
      decides: 'median',
      on,
      details: ['the page was loaded anew before, so that nothing is in its memory'],
    },
  ];
}
