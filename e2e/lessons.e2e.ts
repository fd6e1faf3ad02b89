import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faults } from './support/axe.ts';
import type { OpenPage } from './support/browser.ts';
import { answer, cell, figure, openLesson, play } from './support/lessons.ts';
import { chooseBackend, go, openStudio, press } from './support/studio.ts';

/** An instructor plays lessons before a class, with the keyboard and without a GPU. */
describe('before a class', () => {
  let studio: OpenPage;
  beforeAll(async () => {
    studio = await openStudio({
      viewport: { width: 1280, height: 720 },
      context: { permissions: ['clipboard-read', 'clipboard-write'], reducedMotion: 'reduce' },
    });
    await chooseBackend(studio.page, 'WASM');
  });
  afterAll(() => studio?.close());

  it('overfitting asks before it tells, and tells what was measured', async () => {
    const { page } = studio;
    await page.getByRole('link', { name: 'Lessons' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'Lessons' }).waitFor();
    await expect.poll(() => page.locator('main li').count()).toBeGreaterThanOrEqual(6);
    expect(await faults(page)).toEqual([]);
    await openLesson(page, 'overfitting');
    await expect.poll(() => page.getByRole('button', { name: 'Show the answer' }).isEnabled()).toBe(false);
    await page.getByRole('radio', { name: /^Both losses keep falling/ }).check();
    await play(page);
    const { holds, numbers } = await answer(page);
    const [epoch, best, end, rise] = numbers as [number, number, number, number];
    await expect.poll(() => cell(page, 'long', 'validation-loss')).toBeCloseTo(end, 1);
    expect(end).toBeGreaterThanOrEqual(1.3 * best - 0.02);
    expect(rise).toBeGreaterThanOrEqual(30);
    expect(rise).toBeCloseTo(100 * (end / best - 1), -1);
    expect(epoch).toBeLessThan(30);
    expect(holds).toBe(true);
    // the one that was chosen was wrong: the right one is told
    await page.getByText('Validation turns and rises That is it').waitFor();
    expect(await faults(page)).toEqual([]);
  });

  it('forgetting is shown large, steered by keys', async () => {
    const { page } = studio;
    await openLesson(page, 'forgetting');
    // the answer to the lesson before is no answer to this one
    await expect.poll(() => page.getByRole('button', { name: 'Show the answer' }).isEnabled()).toBe(false);
    await press(page, 'Present');
    await page.getByRole('heading', { level: 1, name: /What becomes of 0 to 4/ }).waitFor();
    await page.keyboard.press('3');
    await page.getByRole('button', { name: /It loses nearly all/, pressed: true }).waitFor();
    await page.keyboard.press('Space');
    await page.locator('[data-figure="new/old"]').waitFor();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Space go on' }).waitFor();
    const progress = page.getByText(/^Run 1 of 1, New digits alone/);
    const step = async () => Number((await page.getByText(/^step \d+$/).innerText()).replace('step ', ''));
    // single steps go on while it is paused, and the pace is told
    const before = await step();
    for (let i = 1; i <= 3; i++) {
      await page.keyboard.press('ArrowRight');
      await expect.poll(step).toBe(before + i);
    }
    await page.keyboard.press('-');
    await page.getByRole('button', { name: '+ 20 steps a second' }).waitFor();
    await page.keyboard.press('+');
    await page.getByRole('button', { name: '+ full speed' }).waitFor();
    await page.keyboard.press('Space');
    await progress.waitFor({ state: 'hidden' });
    await page.keyboard.press('a');
    const { holds, numbers } = await answer(page);
    const [first, last, learned] = numbers as [number, number, number];
    expect(first).toBeGreaterThan(90);
    expect(last).toBeLessThan(20);
    expect(learned).toBeGreaterThan(80);
    for (const [curve, value] of [
      ['old', last],
      ['validation', learned],
    ] as const)
      await expect.poll(() => figure(page, 'new', curve)).toBe(value);
    expect(holds).toBe(true);
    expect(await faults(page)).toEqual([]);
  });

  it('the recorded run is replayed, step by step, and ends as it did', async () => {
    const { page } = studio;
    const old = () => figure(page, 'new', 'old');
    const end = await old();
    const slider = page.getByRole('slider', { name: 'Moment shown' });
    const now = async () => Number(await slider.getAttribute('aria-valuenow'));
    const length = await now();
    await page.keyboard.press('r');
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Space Replay' }).waitFor();
    await expect.poll(now).toBeLessThan(length);
    await slider.press('Home');
    await expect.poll(old).toBeGreaterThan(90);
    await slider.evaluate((thumb: HTMLElement) => thumb.blur());
    await page.keyboard.press('ArrowRight');
    await expect.poll(now).toBeGreaterThan(0);
    const one = await now();
    await page.keyboard.press('ArrowRight');
    await expect.poll(now).toBeGreaterThan(one);
    await page.keyboard.press('ArrowLeft');
    await expect.poll(now).toBeCloseTo(one, 6);
    await slider.press('End');
    await expect.poll(old).toBe(end);
    await page.keyboard.press('Escape');
    await slider.evaluate((thumb: HTMLElement) => thumb.blur()).catch(() => {});
    await page.keyboard.press('Escape');
    await page
      .getByRole('link', { name: 'All lessons' })
      .or(page.getByRole('heading', { level: 1, name: 'Lessons' }))
      .first()
      .waitFor();
  });

  it('has its words in four languages, with nothing for axe to find', async () => {
    const { page, errors } = studio;
    for (const [language, title] of [
      ['Français', 'Leçons'],
      ['简体中文', '课程'],
      ['Қазақша', 'Сабақтар'],
      ['English', 'Lessons'],
    ] as const) {
      await page.locator('button[aria-haspopup="menu"]:has(.tabler-icon-language)').click();
      await page.getByRole('menuitemradio', { name: language }).click();
      await page.getByRole('menu').waitFor({ state: 'hidden' });
      await page.getByRole('link', { name: title }).first().click();
      await page.getByRole('heading', { level: 1, name: title }).waitFor();
      for (const screen of ['#/lessons/forgetting', '#/present'] as const) {
        await go(page, screen);
        await page.locator('figure svg').first().waitFor();
        expect(await faults(page), `${language} ${screen}`).toEqual([]);
      }
      await page.keyboard.press('Escape');
    }
    // a sentence without words would be logged
    expect(errors).toEqual([]);
  });
});

describe('a link', () => {
  let studio: OpenPage;
  beforeAll(async () => {
    studio = await openStudio({
      context: { permissions: ['clipboard-read', 'clipboard-write'], reducedMotion: 'reduce' },
    });
    await chooseBackend(studio.page, 'WASM');
  });
  afterAll(() => studio?.close());

  it('carries a set-up from one tab to another, which asks first', async () => {
    const { page } = studio;
    await press(page, /^Handwritten/);
    await page.getByRole('link', { name: 'Choose a model' }).click();
    await page.getByRole('radio', { name: /^digits-cnn/, checked: true }).waitFor();
    const epochs = page.getByRole('textbox', { name: 'Epochs', exact: true });
    await epochs.fill('7');
    await epochs.press('Tab');
    await press(page, 'Copy a link to this set-up');
    await page.getByText('Copied.').waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    expect(link).toContain('#setup=');

    const other = await page.context().newPage();
    await other.goto(link);
    const dialog = other.getByRole('dialog');
    await dialog.getByText(/^Handwritten 5 to 9, with digits-cnn/).waitFor();
    await dialog.getByText('Epochs').waitFor();
    expect(await faults(other)).toEqual([]);
    await dialog.getByRole('button', { name: 'Set it up' }).click();
    await other.getByRole('heading', { level: 1, name: 'Model and method' }).waitFor();
    const there = other.getByRole('textbox', { name: 'Epochs', exact: true });
    await expect.poll(() => there.inputValue(), { timeout: 60_000 }).toBe('7');
    expect(other.url()).not.toContain('setup');
    await other.close();
  });

  it('that is damaged or made up is refused with a sentence, and nothing changes', async () => {
    const { page, errors } = studio;
    const epochs = page.getByRole('textbox', { name: 'Epochs', exact: true });
    const hostile = { v: 1, sample: 'digits', model: 'digits-cnn', method: 'full', settings: { epochs: 1e9 } };
    for (const [link, words] of [
      ['#setup=%3Cscript%3E', /carries no set-up that can be read/],
      [
        `#setup=${Buffer.from(JSON.stringify(hostile)).toString('base64url')}`,
        /gives "?epochs"? a value that it does not take/,
      ],
    ] as const) {
      await page.evaluate((hash) => {
        location.hash = hash;
      }, link);
      const dialog = page.getByRole('dialog');
      await dialog.getByText(words).waitFor();
      await dialog.getByRole('button', { name: 'Close', exact: true }).last().click();
      await dialog.waitFor({ state: 'hidden' });
      await go(page, '#/model');
      await expect.poll(() => epochs.inputValue()).toBe('7');
    }
    expect(errors).toEqual([]);
  });
});
