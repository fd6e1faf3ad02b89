/**
 * Makes `docs/tour.md` and its pictures: builds the site, walks through it as a person would, on the bundled samples, and
 * takes a picture of every step. `node scripts/tour.mjs`
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { chromium } from 'playwright';
import { preview } from 'vite';
import { CHROMIUM_FLAGS, findBrowser } from './lib/browser.mjs';
import { ROOT, run, script } from './lib/command.mjs';

const FOLDER = 'docs/tour';
const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 360, height: 740 };

/** @typedef {import('playwright').Page} Page */
/** @typedef {{ id: string, title: string, words: string, go(page: Page): Promise<unknown>, size?: typeof PHONE, dark?: boolean }} Stop */

const button = (page, name) => page.getByRole('button', { name }).first();
const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();
const step = async (page, hash) => {
  await page.evaluate((to) => {
    location.hash = to;
  }, `#/${hash}`);
};
/** Pictures have come, and what is drawn has come to rest. */
const rest = async (page) => {
  await page.waitForFunction(() => [...document.images].every((image) => !image.src || image.complete));
  await page.waitForTimeout(500);
};

/** @type {Stop[]} */
const STOPS = [
  {
    id: 'start',
    title: 'Start',
    words:
      'Drop a folder, a zip, a table with its pictures, or loose files; take pictures with the camera; or begin with a sample. What this browser keeps is offered again.',
    async go(page) {
      await button(page, /^Drawings/).click();
      await heading(page, /240 pictures/);
      await page.getByText('Kept in this browser').waitFor();
      await page.goto(page.url().split('#')[0]);
      await button(page, /^Go on with/).waitFor();
    },
  },
  {
    id: 'data',
    title: 'Data',
    words:
      'Every picture, by class. Pick some and move them to another class by drag or key, leave them out, take it back. The report names copies, leaks, conflicting labels, blank and odd pictures, each with its examples and one click.',
    async go(page) {
      await button(page, /^Go on with/).click();
      await heading(page, /240 pictures/);
      await page.getByText(/^Nothing found in/).waitFor();
    },
  },
  {
    id: 'model',
    title: 'Model',
    words:
      'What trains, what stays frozen, and what each method costs. Which model fits these pictures is measured here, on this machine.',
    async go(page) {
      await step(page, 'model');
      await button(page, 'Which model fits?').click();
      await button(page, 'Measure again').waitFor();
    },
  },
  {
    id: 'train',
    title: 'Train',
    words:
      'Loss and accuracy as they come. Pause, do one step, validate, stop and keep the best; early stopping does it by itself.',
    async go(page) {
      await page.getByRole('radio', { name: /^Last stages/ }).check({ force: true });
      await button(page, /^Start run/).click();
      await page.getByText(/Epoch 8 of/).waitFor();
      await button(page, /^Pause/).click();
      await button(page, /^Resume/).waitFor();
    },
  },
  {
    id: 'next',
    title: 'What to try next',
    words:
      "The run is over: what its own numbers say about it, with the evidence, and the next run's settings at a click.",
    async go(page) {
      await button(page, /^Resume/).click();
      await button(page, 'New run').waitFor();
      await page.getByText('What to try next').waitFor();
    },
  },
  {
    id: 'evaluate',
    title: 'Evaluate',
    words: 'Pictures that took no part in training: what is right, with its interval, and what is taken for what.',
    async go(page) {
      await step(page, 'evaluate');
      await page.getByRole('region', { name: 'Confusion matrix' }).waitFor();
    },
  },
  {
    id: 'picture',
    title: 'Where it looked',
    words: 'A mistake, both models’ answers, and where the answer came from (Grad-CAM).',
    async go(page) {
      await step(page, 'evaluate/pictures');
      await page.locator('main ul button').first().click();
      await page.getByRole('dialog').locator('canvas').waitFor();
    },
  },
  {
    id: 'sure',
    title: 'Sure or not',
    words: 'Whether 90 % sure means nine right of ten, and how well each class is told from the others.',
    async go(page) {
      await page.keyboard.press('Escape');
      await step(page, 'evaluate/confidence');
      await page.getByRole('figure').first().waitFor();
    },
  },
  {
    id: 'before',
    title: 'Before and after',
    words: 'The tuned model beside the one it came from, on the same pictures.',
    async go(page) {
      await step(page, 'evaluate/compare');
      await button(page, 'Measure it').click();
      await page.getByRole('table').first().waitFor();
    },
  },
  {
    id: 'export',
    title: 'Export',
    words:
      'The tuned weights as safetensors, with a model card whose Python runs as it is. Every table and chart is a file too.',
    async go(page) {
      await step(page, 'export');
      await button(page, /^Download, /).waitFor();
    },
  },
  {
    id: 'dark',
    title: 'In the dark',
    words: 'The same in dark colours.',
    dark: true,
    async go(page) {
      await step(page, 'train');
      await heading(page, /./);
    },
  },
  {
    id: 'phone',
    title: 'On a phone',
    words: 'Every step fits 360 pixels.',
    size: PHONE,
    async go(page) {
      await step(page, 'data');
      await heading(page, /240 pictures/);
    },
  },
  {
    id: 'methods',
    title: 'Methods compared',
    words:
      'Several methods on the same data and seeds, one run after another: how each learned, and what it came to for what it cost.',
    async go(page) {
      await page.goto(page.url().split('#')[0]);
      await button(page, /^Handwritten/).click();
      await heading(page, /1,000 pictures/);
      await step(page, 'model');
      const epochs = page.getByRole('textbox', { name: 'Epochs', exact: true });
      await epochs.fill('8');
      await epochs.press('Tab');
      await step(page, 'compare');
      await button(page, 'Compare methods').click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('textbox', { name: 'Seeds' }).fill('1');
      await dialog.getByRole('button', { name: 'Start 4 runs' }).click();
      await button(page, 'Stop after this one').waitFor();
      await button(page, 'Stop after this one').waitFor({ state: 'hidden' });
    },
  },
  {
    id: 'texts',
    title: 'Texts',
    words:
      'A table of texts: encoding, delimiter and columns are found out and yours to change. The report knows copies, leaks, conflicts, lengths and languages.',
    async go(page) {
      await page.goto(page.url().split('#')[0]);
      await button(page, /^Topics/).click();
      await heading(page, /1,019 texts/);
      await page
        .getByText(/^Nothing found in|^Found in/)
        .first()
        .waitFor();
    },
  },
  {
    id: 'words',
    title: 'Which words spoke for it',
    words: 'A text of your own on the tuned encoder, and how much each of its words spoke for the answer.',
    async go(page) {
      await step(page, 'model');
      await page.getByRole('radio', { name: /^Head only/ }).check({ force: true });
      await button(page, /^Start run/).click();
      await button(page, 'New run').waitFor();
      await step(page, 'evaluate/try');
      await page
        .getByRole('textbox', { name: 'A text of your own' })
        .fill('a large bird of the sea with a hooked bill that dives for fish');
      await button(page, 'Try a text').click();
      await page.locator('main mark').first().waitFor();
    },
  },
  {
    id: 'lessons',
    title: 'Lessons',
    words: 'Each asks a question, lets the class foretell it, and shows it on real runs: set up and begun at a press.',
    async go(page) {
      await page.goto(page.url().split('#')[0]);
      await step(page, 'lessons/forgetting');
      await page.getByRole('radio', { name: 'It loses nearly all' }).check();
      await button(page, 'Set up and begin').click();
      await page.waitForFunction(() => !document.querySelector('button[disabled]'), undefined, { timeout: 300_000 });
      await button(page, 'Show the answer').click();
    },
  },
  {
    id: 'present',
    title: 'Before a class',
    words: 'One chart that can be read from the last row, steered by keys; what was recorded is replayed at any speed.',
    size: { width: 1280, height: 720 },
    async go(page) {
      await button(page, 'Present').click();
      await page.keyboard.press('3');
      await page.keyboard.press('a');
    },
  },
  {
    id: 'writes',
    title: 'A model that writes',
    words:
      'Supervised fine-tuning of a small GPT: loss on the answers alone, and at each validation what it says by now.',
    async go(page) {
      await page.goto(page.url().split('#')[0]);
      await button(page, /^Questions and answers/).click();
      await heading(page, /506 prompts/);
      await step(page, 'model');
      await page.getByRole('radio', { name: /^Full/ }).check({ force: true });
      const epochs = page.getByRole('textbox', { name: 'Epochs', exact: true });
      await epochs.fill('6');
      await epochs.press('Tab');
      await button(page, /^Start run/).click();
      await button(page, 'New run').waitFor();
    },
  },
  {
    id: 'asked',
    title: 'Asked',
    words: 'Any prompt, with temperature, top-k and top-p; the tuned model beside the one it came from.',
    async go(page) {
      await step(page, 'evaluate/try');
      await page.getByRole('textbox', { name: 'Prompt' }).fill('What is an otter?');
      await button(page, 'Write').click();
      await page.waitForTimeout(15_000);
    },
  },
];

if ((await run(...script('node_modules/vite/bin/vite.js', 'build'))) !== 0) process.exit(1);
rmSync(`${ROOT}${FOLDER}`, { recursive: true, force: true });
mkdirSync(`${ROOT}${FOLDER}`, { recursive: true });
const server = await preview({ root: ROOT, preview: { port: 4199 }, logLevel: 'error' });
const browser = await chromium.launch({ ...findBrowser(), args: [...CHROMIUM_FLAGS] });
const page = await browser.newPage({
  viewport: DESKTOP,
  colorScheme: 'light',
  locale: 'en-US',
  reducedMotion: 'reduce',
});
page.setDefaultTimeout(300_000);
await page.goto(server.resolvedUrls.local[0]);
for (const stop of STOPS) {
  console.log(stop.title);
  await page.setViewportSize(stop.size ?? DESKTOP);
  await page.emulateMedia({ colorScheme: stop.dark ? 'dark' : 'light' });
  await stop.go(page);
  await rest(page);
  await page.screenshot({ path: `${FOLDER}/${stop.id}.jpg`, type: 'jpeg', quality: 82 });
}
await browser.close();
await server.close();

const sections = STOPS.map(({ id, title, words }) => `## ${title}\n\n${words}\n\n![${title}](tour/${id}.jpg)\n`);
writeFileSync(
  `${ROOT}docs/tour.md`,
  `# A tour\n\nEvery step as it looks now: \`node scripts/tour.mjs\` makes this page and its pictures. All figures on them are measured,\non the bundled samples.\n\n${sections.join('\n')}`,
);
