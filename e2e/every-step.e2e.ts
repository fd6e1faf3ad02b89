import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenPage } from './support/browser.ts';
import { chooseBackend, chooseMethod, ended, go, openStudio, press, start, toModel, type } from './support/studio.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const STEPS = ['start', 'data', 'model', 'train', 'evaluate', 'export'] as const;
/** From a phone to a 4K screen, in CSS pixels. */
const WIDTHS = [360, 768, 1280, 1440, 3840] as const;
const LANGUAGES = { English: 'en', Français: 'fr', 简体中文: 'zh', Қазақша: 'kk' } as const;
type Language = keyof typeof LANGUAGES;

async function show(page: Page, step: (typeof STEPS)[number]): Promise<string> {
  await go(page, `#/${step}`);
  const heading = page.getByRole('heading', { level: 1 });
  await heading.waitFor();
  // colours that fade are not what they will be
  await page.evaluate(async () => {
    await new Promise(requestAnimationFrame);
    await Promise.allSettled(document.getAnimations().map(({ finished }) => finished));
    await new Promise(requestAnimationFrame);
  });
  return heading.innerText();
}

/** The language menu's own name changes with the language: it is the one with an icon of a language. */
async function speak(page: Page, language: Language): Promise<void> {
  await page.locator('button[aria-haspopup="menu"]:has(.tabler-icon-language)').click();
  await page.getByRole('menuitemradio', { name: language }).click();
  await page.getByRole('menu').waitFor({ state: 'hidden' });
  // its words are fetched first
  await page.locator(`html[lang="${LANGUAGES[language]}"]`).waitFor();
}

/** What axe finds, one line each. */
async function faults(page: Page): Promise<string[]> {
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, html }) => `${id}: ${target.join(' ')} ${html}`));
}

/** The widest thing on a page that can be scrolled sideways; undefined where nothing sticks out. */
const sticksOut = (page: Page): Promise<string | undefined> =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return undefined;
    const widest = [...document.querySelectorAll('body *')].sort(
      (a, b) => b.getBoundingClientRect().right - a.getBoundingClientRect().right,
    )[0];
    return `${scrollWidth} px on ${clientWidth}: ${widest?.outerHTML.slice(0, 200)}`;
  });

describe('every step, with a run to show', () => {
  let studio: OpenPage;

  beforeAll(async () => {
    studio = await openStudio({ context: { locale: 'en-US', reducedMotion: 'reduce' } });
    const { page } = studio;
    await chooseBackend(page, 'WASM');
    await press(page, /^Handwritten/);
    await toModel(page);
    await chooseMethod(page, 'Full');
    await type(page, 'Epochs', 2);
    await start(page);
    await ended(page);
    await page.addScriptTag({ path: AXE });
  });
  afterAll(() => studio?.close());

  it.each(Object.keys(LANGUAGES) as Language[])('leaves nobody out, and speaks %s', async (language) => {
    const { page } = studio;
    await speak(page, language);
    const titles: string[] = [];
    for (const step of STEPS) {
      titles.push(await show(page, step));
      expect(await faults(page), step).toEqual([]);
    }
    expect(new Set(titles).size).toBe(STEPS.length);
    if (language !== 'English') expect(titles.join(' ')).not.toMatch(/\b(the|and|pictures|run)\b/i);
  });

  it('in the dark too', async () => {
    const { page } = studio;
    await speak(page, 'English');
    await press(page, 'Dark colours');
    for (const step of STEPS) {
      await show(page, step);
      expect(await faults(page), step).toEqual([]);
    }
  });

  it.each(WIDTHS)('fits %i px, in the language with the longest words', async (width) => {
    const { page } = studio;
    await page.setViewportSize({ width, height: width < 800 ? 740 : 900 });
    for (const language of width === WIDTHS[0] ? (['English', 'Қазақша'] as const) : (['Қазақша'] as const)) {
      await speak(page, language);
      for (const step of STEPS) {
        await show(page, step);
        expect(await sticksOut(page), `${step} in ${language}`).toBeUndefined();
      }
    }
  });

  it('logs no error: no word is missing, in any language', () => {
    expect(studio.errors).toEqual([]);
  });
});
