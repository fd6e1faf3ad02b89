/**
 * Takes the README's picture: builds the site, trains on the bundled drawings and saves the Train screen as
 * `docs/train.png`. `node scripts/screenshot.mjs`
 */
import { chromium } from 'playwright';
import { preview } from 'vite';
import { CHROMIUM_FLAGS, findBrowser } from './lib/browser.mjs';
import { ROOT, run, script } from './lib/command.mjs';

if ((await run(...script('node_modules/vite/bin/vite.js', 'build'))) !== 0) process.exit(1);
const server = await preview({ root: ROOT, preview: { port: 4199 }, logLevel: 'error' });
const browser = await chromium.launch({ ...findBrowser(), args: [...CHROMIUM_FLAGS] });
const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: 'light', locale: 'en-US' });
page.setDefaultTimeout(180_000);
await page.goto(server.resolvedUrls.local[0]);
await page.getByRole('button', { name: /^Drawings/ }).click();
await page.getByRole('link', { name: 'Choose a model' }).click();
await page.getByRole('radio', { name: /^Last stages/ }).check({ force: true });
await page.getByRole('button', { name: /^Start run/ }).click();
// a run that has something to show: stopped for a moment in its ninth epoch
await page.getByText(/Epoch 9 of/).waitFor();
await page.screenshot({ path: 'docs/train.png' });
await browser.close();
await server.close();
