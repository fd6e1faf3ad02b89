import { rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Bench } from './lib/figure.ts';
import { memoryChart } from './lib/memory-chart.ts';
import { CLASSES, makePhotos } from './lib/photos.ts';
import { ROOT } from './lib/root.ts';
import { MEMORY_FLAGS, type Sample, sampleMemory } from './lib/sampler.ts';
import { serveSite } from './lib/site.ts';
import { clickAtOnce, openStudio } from './lib/studio-page.ts';

const PICTURES = 10_000;
const SIZE = { width: 320, height: 240 };
const EPOCHS = 2;
const CHART = 'bench/flat-memory.svg';
const MEGA = 2 ** 20;

/**
 * Ten thousand pictures are taken, shown and trained on: what page, worker and device hold meanwhile. Flat is what does
 * not grow with the pictures: a heap that kept them would hold 1.5 GB of pixels at 224 px.
 */
export const flatMemory: Bench = {
  name: 'flat-memory',
  async measure() {
    const site = await serveSite();
    const studio = await openStudio(site.url, MEMORY_FLAGS, true);
    const { page } = studio;
    const threads = await studio.load();
    const { folder, bytes } = await makePhotos(page, Math.ceil(PICTURES / CLASSES.length), SIZE);
    await studio.load();
    const sampler = await sampleMemory(page);
    try {
      sampler.phase('before');
      await page.waitForTimeout(5000);
      sampler.phase('taken');
      await studio.drop([folder]);
      await page.locator('main a[href="#/model"]').waitFor();
      sampler.phase('shown');
      await page.evaluate(scrollThrough);
      await page.getByText('Kept in this browser').waitFor();
      await clickAtOnce(page, 'main a[href="#/model"]');
      await page.getByRole('radio', { name: /^digits-cnn/ }).check({ force: true });
      await clickAtOnce(page, '#method-full');
      await page.evaluate((epochs) => {
        window.bench.settings = { epochs };
      }, EPOCHS);
      sampler.phase('trained');
      await clickAtOnce(page, 'main button', 'Start run');
      await page.waitForFunction(() => window.bench.log.some(({ answers }) => answers === 'train'), undefined, {
        polling: 1000,
      });
    } finally {
      rmSync(dirname(folder), { recursive: true });
    }
    const samples = await sampler.stop();
    if (studio.errors.length > 0) throw new Error(studio.errors.join('\n'));
    await studio.close();
    await site.close();
    writeFileSync(
      `${ROOT}${CHART}`,
      memoryChart(samples, `${PICTURES} pictures taken, shown and trained on: memory over time`),
    );
    const on = `WASM, ${threads} thread${threads > 1 ? 's' : ''}, ${studio.browser} headless, the built site`;
    const details = [
      `${PICTURES} JPEG of ${SIZE.width} x ${SIZE.height} px, ${(bytes / MEGA).toFixed(0)} MiB; digits-cnn, everything trainable, ${EPOCHS} epochs`,
      ...['before', 'taken', 'shown', 'trained'].map((phase) => phaseWords(samples, phase)),
      `![memory over time](${CHART.replace('bench/', '')})`,
    ];
    const growth = (key: 'pageHeap' | 'workerHeap') =>
      (most(samples, key) -
        most(
          samples.filter(({ phase }) => phase === 'before'),
          key,
        )) /
      MEGA;
    return [
      { what: `what the page's heap grows by with ${PICTURES} pictures`, key: 'pageHeap' as const, value: 64 },
      // prepared pixels are kept up to 256 MiB, however many pictures there are
      { what: `what the worker's heap grows by with ${PICTURES} pictures`, key: 'workerHeap' as const, value: 384 },
    ].map(({ what, key, value }) => ({
      what,
      target: { at: 'most' as const, value },
      unit: 'MB' as const,
      samples: [growth(key)],
      decides: 'worst' as const,
      on,
      details: key === 'pageHeap' ? details : [],
    }));
  },
};

const most = (samples: readonly Sample[], key: 'pageHeap' | 'workerHeap' | 'resident' | 'device'): number =>
  Math.max(0, ...samples.map((sample) => sample[key]));

function phaseWords(samples: readonly Sample[], phase: string): string {
  const own = samples.filter((sample) => sample.phase === phase);
  const part = (key: 'pageHeap' | 'workerHeap' | 'resident' | 'device') => `${(most(own, key) / MEGA).toFixed(0)}`;
  return `${phase}: at most ${part('pageHeap')} MB on the page's heap, ${part('workerHeap')} MB on the worker's, ${part('resident')} MB in the process, ${part('device')} MB on the device (${own.length} looks)`;
}

/** In the page: through the whole gallery and back, as a person would who looks for something. */
async function scrollThrough(): Promise<void> {
  const cell = document.querySelector('main [data-id]');
  let scroller: Element | null | undefined = cell;
  while (scroller && scroller.scrollHeight <= scroller.clientHeight + 10) scroller = scroller.parentElement;
  if (!scroller) throw new Error('Nothing scrolls.');
  for (let part = 0; part <= 100; part++) {
    scroller.scrollTop = (part / 100) * scroller.scrollHeight;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  scroller.scrollTop = 0;
}
