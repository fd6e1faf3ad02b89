import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { openPage } from '../e2e/support/browser.ts';
import { type Bench, withSpread } from './lib/figure.ts';
import { SITE, serveSite } from './lib/site.ts';

/** A name that every build of TensorFlow.js keeps: an engine that is one for all its copies. */
const TENSORFLOW = '_tfengine';

interface Script {
  name: string;
  gzipped: number;
  tensorflow: boolean;
}

/** What the page loads before it first paints: no TensorFlow.js, and how much script. */
export const firstPaint: Bench = {
  name: 'first-paint',
  async measure(rounds = 5) {
    const site = await serveSite();
    const loads: { scripts: Script[]; paintedAt: number; browser: string }[] = [];
    for (let round = 0; round < rounds; round++) loads.push(await load(site.url));
    await site.close();
    const sizes = loads.map(({ scripts }) => scripts.reduce((sum, { gzipped }) => sum + gzipped, 0) / 1000);
    const { scripts, browser } = loads[0]!;
    const on = `${browser} headless, the built site`;
    return [
      {
        what: 'scripts before the first paint, gzipped',
        target: { at: 'most', value: 250 },
        unit: 'KB',
        samples: sizes,
        decides: 'worst',
        on,
        details: [
          ...[...scripts]
            .sort((a, b) => b.gzipped - a.gzipped)
            .map(({ name, gzipped }) => `${name}: ${(gzipped / 1000).toFixed(1)} KB`),
          `first contentful paint after ${withSpread(
            loads.map(({ paintedAt }) => paintedAt),
            'ms',
          )}, from this machine`,
        ],
      },
      {
        what: 'scripts with TensorFlow.js before the first paint',
        target: { at: 'most', value: 0 },
        unit: 'scripts',
        samples: loads.map((one) => one.scripts.filter(({ tensorflow }) => tensorflow).length),
        decides: 'worst',
        on,
        details: ['the engine and TensorFlow.js come with the worker, which starts when the page is idle'],
      },
    ];
  },
};

/** A first visit. Scripts are those that the browser had asked for when it painted, workers' included. */
async function load(url: string): Promise<{ scripts: Script[]; paintedAt: number; browser: string }> {
  const { page, browser, close } = await openPage();
  const asked: { url: string; at: number }[] = [];
  page.context().on('request', (request) => {
    const { pathname } = new URL(request.url());
    // a preload is a request of another type for the same script
    if (pathname.endsWith('.js') || pathname.endsWith('.wasm')) asked.push({ url: request.url(), at: Date.now() });
  });
  await page.goto(url);
  const paint = await page.evaluate(async () => {
    const [entry] = await new Promise<PerformanceEntryList>((resolve) =>
      new PerformanceObserver((list) => {
        const found = list.getEntriesByName('first-contentful-paint');
        if (found.length > 0) resolve(found);
      }).observe({ type: 'paint', buffered: true }),
    );
    const resources = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
    return {
      at: entry!.startTime,
      wall: performance.timeOrigin + entry!.startTime,
      scripts: resources.filter(({ startTime }) => startTime <= entry!.startTime).map(({ name }) => name),
    };
  });
  await close();
  const early = asked.filter(({ at }) => at <= paint.wall).map((one) => one.url);
  const names = new Set([...paint.scripts, ...early].filter((name) => /\.(js|wasm)$/.test(name)));
  return {
    paintedAt: paint.at,
    browser: `Chromium ${browser.version()}`,
    scripts: [...names].map((name) => {
      const path = name.slice(url.length);
      const bytes = readFileSync(`${SITE}/${path}`);
      return { name: path, gzipped: gzipSync(bytes, { level: 9 }).length, tensorflow: bytes.includes(TENSORFLOW) };
    }),
  };
}
