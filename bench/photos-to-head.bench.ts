import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Bench } from './lib/figure.ts';
import { withSpread } from './lib/figure.ts';
import { CLASSES, makePhotos } from './lib/photos.ts';
import { serveSite } from './lib/site.ts';
import { clickAtOnce, type Logged, openStudio, type StudioPage } from './lib/studio-page.ts';

const PHOTOS = 60;

/** Seconds of each part, in their order; together they are the whole. */
type Parts = Record<'read and decode' | 'model and plan' | 'clicks' | 'prefix' | 'first epoch' | 'shown', number>;

/** From a drop of photographs to the end of the first epoch of a new head, its validation on the page. */
export const photosToHead: Bench = {
  name: 'photos-to-head',
  async measure(rounds = 5) {
    const site = await serveSite();
    const studio = await openStudio(site.url);
    try {
      const threads = await studio.load();
      await studio.call({ kind: 'open-model', model: { kind: 'shipped', id: 'efficientnet-lite0' } });
      const { folder, bytes } = await makePhotos(studio.page, PHOTOS / CLASSES.length);
      const all: Parts[] = [];
      for (let round = 0; round < rounds; round++) all.push(await once(studio, folder));
      rmSync(dirname(folder), { recursive: true });
      const names = Object.keys(all[0]!) as (keyof Parts)[];
      return [
        {
          what: `drop of ${PHOTOS} photos to the first tuned head (EfficientNet-Lite0, 224 px, cached prefix, weights in the browser's cache)`,
          target: { at: 'most', value: 15 },
          unit: 's',
          samples: all.map((parts) => names.reduce((sum, name) => sum + parts[name], 0)),
          decides: 'median',
          on: `WASM, ${threads} thread${threads > 1 ? 's' : ''}, ${studio.browser} headless, the built site`,
          details: [
            `photos: ${PHOTOS} JPEG of 1600 x 1200 px in ${CLASSES.length} classes, ${(bytes / 2 ** 20).toFixed(1)} MiB`,
            ...names.map(
              (name) =>
                `${name}: ${withSpread(
                  all.map((parts) => parts[name]),
                  's',
                )}`,
            ),
          ],
        },
      ];
    } finally {
      await studio.close();
      await site.close();
    }
  },
};

async function once(studio: StudioPage, folder: string): Promise<Parts> {
  const { page } = studio;
  await studio.load();
  const clicked = clickAtOnce(page, 'main a[href="#/model"]').then(() => clickAtOnce(page, 'main button', 'Start run'));
  await studio.drop([folder]);
  await clicked;
  const shownAt = await page.evaluate(validationShown);
  const droppedAt = await page.evaluate(() => window.bench.droppedAt);
  const log = await studio.log();
  const opened = at(log, (entry) => entry.answers === 'open-files');
  const planned = at(log, (entry) => entry.answers === 'plan');
  const started = at(log, (entry) => entry.sent === 'train');
  const running = at(
    log,
    ({ received: r }) => r?.kind === 'event' && r.event.kind === 'run-status' && r.event.status.phase === 'running',
  );
  const validated = at(
    log,
    ({ received: r }) =>
      r?.kind === 'event' &&
      r.event.kind === 'metrics' &&
      r.event.points.some(({ split, epoch }) => split === 'validation' && epoch >= 1),
  );
  if (studio.errors.length > 0) throw new Error(studio.errors.join('\n'));
  const times = [droppedAt, opened, planned, started, running, validated, shownAt];
  const part = (i: number) => (times[i + 1]! - times[i]!) / 1000;
  return {
    'read and decode': part(0),
    'model and plan': part(1),
    clicks: part(2),
    prefix: part(3),
    'first epoch': part(4),
    shown: part(5),
  };
}

function at(log: readonly Logged[], is: (entry: Logged) => boolean): number {
  const found = log.find(is);
  if (!found) throw new Error('A message that the measurement needs never came.');
  return found.at;
}

/** In the page: when the frame after the first epoch's validation has been drawn. */
async function validationShown(): Promise<number> {
  const frame = () => new Promise<number>(requestAnimationFrame);
  for (;;) {
    const validated = window.bench.log.some(
      ({ received: r }) =>
        r?.kind === 'event' &&
        r.event.kind === 'metrics' &&
        r.event.points.some(({ split, epoch }) => split === 'validation' && epoch >= 1),
    );
    await frame();
    if (!validated) continue;
    await frame();
    return performance.now();
  }
}
