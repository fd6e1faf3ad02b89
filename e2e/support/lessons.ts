import type { Page } from 'playwright';
import { expect } from 'vitest';
import type { LessonId } from '../../src/lessons/index.ts';
import words from '../../src/ui/locales/en/lessons.json' with { type: 'json' };
import { go } from './studio.ts';

/** A lesson makes its point within two minutes; on a machine that does other things too it may take longer. */
const PATIENCE = 240_000;

export async function openLesson(page: Page, id: LessonId): Promise<void> {
  await go(page, `#/lessons/${id}`);
  // the page of the lesson before has the same buttons
  await page.getByRole('heading', { level: 1, name: words[id].question }).waitFor();
}

/** Plays the open lesson to its end; gives the seconds that it trained, as its replay says them. */
export async function play(page: Page): Promise<number> {
  await page.getByRole('button', { name: /^(Set up and begin|Play it again)$/ }).click();
  const answer = page.getByRole('button', { name: 'Show the answer', exact: true });
  const isTold = () => answer.isEnabled({ timeout: 1000 }).catch(() => false);
  await expect
    .poll(isTold, { timeout: PATIENCE, interval: 500 })
    .toBe(true)
    .catch(async (error: Error) => {
      throw new Error(`${error.message}\n${await page.locator('main').innerText()}`);
    });
  await answer.click();
  await page.locator('[data-holds]').waitFor();
  return Number(await page.getByRole('slider', { name: 'Moment shown' }).getAttribute('aria-valuemax'));
}

/** Tries the next cure by its key, to its end. */
export async function cure(page: Page, run: string): Promise<void> {
  await page.getByRole('button', { name: /^Try: / }).waitFor();
  await page.keyboard.press('c');
  await page.locator(`tr[data-run="${run}"]`).waitFor({ timeout: PATIENCE });
  await page.getByRole('slider', { name: 'Moment shown' }).waitFor({ timeout: PATIENCE });
}

/** Numbers of a text, in their order: "94%" is 94. */
export const numbersOf = (text: string): number[] =>
  (text.match(/\d[\d,]*(\.\d+)?/g) ?? []).map((each) => Number(each.replaceAll(',', '')));

/** What the answer says, and whether it says that the point can be seen. */
export async function answer(page: Page): Promise<{ holds: boolean; numbers: number[] }> {
  const box = page.locator('[data-holds]');
  const words = await box.locator('p').first().innerText();
  return { holds: (await box.getAttribute('data-holds')) === 'true', numbers: numbersOf(words) };
}

/** A number of the lesson's table: a loss, or a share in per cent. */
export async function cell(
  page: Page,
  run: string,
  figure: `${'train' | 'validation' | 'old'}-${'loss' | 'accuracy'}`,
) {
  const words = await page.locator(`tr[data-run="${run}"] [data-figure="${figure}"]`).innerText();
  return numbersOf(words)[0] ?? Number.NaN;
}

/** A figure beside the presenter's chart. */
export async function figure(page: Page, run: string, curve: 'train' | 'validation' | 'old'): Promise<number> {
  const words = await page.locator(`[data-figure="${run}/${curve}"] dd`).first().innerText();
  return numbersOf(words)[0] ?? Number.NaN;
}
