import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright';
import { build, preview } from 'vite';
import { openPage } from '../../e2e/support/browser.ts';
import type { BenchRequest, BenchResponse } from '../../src/protocol/bench.ts';
import type {} from '../wasm-page/page.ts';
import { ROOT } from './root.ts';

const SITE = `${ROOT}.cache/bench-wasm`;
const ISOLATED = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

/** Builds the page of `bench/wasm-page` as the studio is built, with the models beside it. */
export async function buildWasmPage(): Promise<void> {
  const input = fileURLToPath(new URL('../wasm-page/index.html', import.meta.url));
  await build({
    root: ROOT,
    configFile: false,
    base: './',
    logLevel: 'error',
    worker: { format: 'es' },
    build: { target: 'es2023', outDir: SITE, emptyOutDir: true, rollupOptions: { input } },
  });
}

export interface WasmPage {
  browser: Browser;
  /** Asks a contender, which starts with the page's first question to it. */
  ask<K extends BenchResponse['kind']>(
    name: string,
    request: BenchRequest<string>,
    kind: K,
  ): Promise<Extract<BenchResponse, { kind: K }>>;
  /** Milliseconds that the page with its workers has spent on processors. */
  processorMs(): Promise<number>;
  close(): Promise<void>;
}

/** The page in a browser of its own; memory can be shared between threads where it is `isolated`. */
export async function openWasmPage(isolated: boolean): Promise<WasmPage> {
  const server = await preview({
    root: ROOT,
    configFile: false,
    appType: 'mpa',
    build: { outDir: SITE },
    preview: { host: '127.0.0.1', port: 0, open: false, headers: isolated ? ISOLATED : {} },
  });
  const { page, browser, close } = await openPage();
  page.setDefaultTimeout(0);
  await page.goto(`${server.resolvedUrls!.local[0]}bench/wasm-page/index.html`);
  const session = await browser.newBrowserCDPSession();
  return {
    browser,
    async ask(name, request, kind) {
      const response = await page.evaluate(([to, sent]) => window.ask(to, sent), [name, request] as const);
      if (response.kind !== kind)
        throw new Error(response.kind === 'failed' ? response.message : `asked for ${kind}, got ${response.kind}`);
      return response as Extract<BenchResponse, { kind: typeof kind }>;
    },
    async processorMs() {
      const { processInfo } = await session.send('SystemInfo.getProcessInfo');
      const own = processInfo.filter(({ type }) => type === 'renderer');
      return 1000 * own.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
    },
    async close() {
      await close();
      await server.close();
    },
  };
}
