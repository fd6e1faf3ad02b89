import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright';
import { CHROMIUM_FLAGS, findBrowser } from '../../scripts/lib/browser.mjs';
import { slowDown, slowSeed } from './slow.ts';

export interface PageOptions {
  /** Opened at once; otherwise the page stays blank. */
  url?: string;
  /** In CSS pixels. */
  viewport?: { width: number; height: number };
  /** Beside those that WebGPU without a GPU needs. */
  flags?: readonly string[];
  /** Whatever else a fresh profile starts with: language, colour scheme, reduced motion. */
  context?: BrowserContextOptions;
}

/** Those that no walk has closed yet. */
export const openPages = new Set<OpenPage>();

export interface OpenPage {
  page: Page;
  browser: Browser;
  /** What the page and its workers logged as errors or threw, as it happens: empty on a page in order. */
  errors: string[];
  close(): Promise<void>;
}

const DESKTOP = { width: 1280, height: 800 };

/** A page in a browser of its own, with nothing stored from before. */
export async function openPage({
  url,
  viewport = DESKTOP,
  flags = [],
  context = {},
}: PageOptions = {}): Promise<OpenPage> {
  const browser = await chromium.launch({ ...findBrowser(), headless: true, args: [...CHROMIUM_FLAGS, ...flags] });
  // a context of its own: a walk may open a second tab in it
  const fresh = await browser.newContext({ viewport, acceptDownloads: true, ...context });
  if (slowSeed > 0) await slowDown(fresh, slowSeed);
  const page = await fresh.newPage();
  const errors = collectErrors(page);
  const opened: OpenPage = {
    page,
    browser,
    errors,
    close() {
      openPages.delete(opened);
      return browser.close();
    },
  };
  openPages.add(opened);
  if (url) await page.goto(url);
  return opened;
}

function collectErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
  page.on('crash', () => errors.push('The page crashed.'));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(`${message.text()} (${message.location().url})`);
  });
  return errors;
}
