import { openPage } from '../e2e/support/browser.ts';
import type { Bench } from './lib/figure.ts';
import { circumstances } from './lib/results.ts';
import type { Pairing } from './ratio/page.ts';
import { PAIRINGS } from './ratio/pairings.ts';
import { type Row, table, writeRatio } from './ratio/report.ts';
import { serveRatio } from './ratio/site.ts';

/** A GPU where there is one; else WebGPU and WebGL in software, together. */
const SOFTWARE = [
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
  '--use-vulkan=swiftshader',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
];
/** Milliseconds that a block should last, and a pairing may. */
const BLOCK_MS = 500;
const PATIENCE = 150_000;
/** And all of them together: what is left then says so. */
const BUDGET = 22 * 60_000;

/** `BENCH_ONLY=gpt-4l,wasm` measures what has all these words, and writes nothing down. */
const ONLY = process.env.BENCH_ONLY;
const wanted = ({ model, peer, backend }: Pairing): boolean =>
  !ONLY || ONLY.split(',').every((word) => [model, peer, backend].includes(word));

const within = <T>(ms: number, work: Promise<T>): Promise<T> =>
  Promise.race([work, new Promise<never>((_, reject) => setTimeout(() => reject(new Error('took too long')), ms))]);

/** Steps of ours against each peer's, on the same weights and batches: ratios of work, whose table goes into the README. */
export const ratio: Bench = {
  name: 'ratio',
  async measure(rounds = 6) {
    const around = circumstances();
    const began = performance.now();
    const site = await serveRatio();
    const rows: Row[] = [];
    let browser = '';
    const keep = () => {
      if (!ONLY) writeRatio({ ...around, browser, rows });
    };
    try {
      for (const pairing of PAIRINGS.filter(wanted)) {
        if (performance.now() - began > BUDGET) {
          rows.push({ pairing, failed: 'no time was left' });
          continue;
        }
        // a browser of its own: what one leaves on the device, no other meets
        const opened = await openPage({ url: site.url, flags: process.env.BENCH_GPU ? [] : SOFTWARE });
        browser = `Chromium ${opened.browser.version()}`;
        try {
          const options = { blocks: rounds, blockMs: BLOCK_MS };
          await opened.page.waitForFunction(() => 'pair' in window);
          const work = opened.page.evaluate(([which, how]) => window.pair(which, how), [pairing, options] as const);
          rows.push({ pairing, result: await within(PATIENCE, work) });
        } catch (error) {
          rows.push({ pairing, failed: (error as Error).message.replace(/^page.evaluate: (Error: )?/, '') });
        } finally {
          await opened.close();
        }
        console.log(table(rows.slice(-1)).split('\n').at(-1));
        // what was measured stays, should the rest be broken off
        keep();
      }
      keep();
    } finally {
      await site.close();
    }
    return [];
  },
};
