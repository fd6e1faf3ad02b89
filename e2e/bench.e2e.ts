import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { faults } from './support/axe.ts';
import { type OpenPage, openPage } from './support/browser.ts';
import { backendBadge } from './support/studio.ts';

/** Somebody wants to know how fast this computer trains, and keeps what was measured; on a phone, by the keyboard. */
describe('the speed of this computer', () => {
  let studio: OpenPage;
  beforeAll(async () => {
    // nobody listens to the engine here: the workers are those of the bench
    studio = await openPage({
      url: inject('siteUrl'),
      viewport: { width: 360, height: 740 },
      context: { colorScheme: 'dark', locale: 'en-US' },
    });
    studio.page.setDefaultTimeout(150_000);
  });
  afterAll(() => studio?.close());

  it('is found under what the page computes on, and can be read', async () => {
    const { page } = studio;
    await backendBadge(page).press('Enter');
    const link = page.getByRole('menuitem', { name: 'How fast does this computer train?' });
    await link.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'How fast does this computer train?' }).waitFor();
    expect(await faults(page)).toEqual([]);
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  });

  it('is measured on equal losses, pair by pair', async () => {
    const { page } = studio;
    for (const name of [/^Small convolutions/, /^Small GPT/, /^MiniLM/, /^EfficientNet/])
      await page.getByRole('checkbox', { name }).press('Space');
    await page.getByRole('button', { name: 'Measure' }).press('Enter');
    await page.getByRole('row', { name: /own loop, WASM .* ×/ }).waitFor();
    await expect.poll(() => page.getByRole('row', { name: /^Dense layers/ }).count()).toBe(2);
    expect(await faults(page)).toEqual([]);
  });

  it('is left off at a press', async () => {
    const { page } = studio;
    await page.getByRole('button', { name: 'Stop' }).press('Enter');
    await page.getByRole('button', { name: 'Measure' }).waitFor();
    await expect.poll(() => page.getByRole('row', { name: /model\.fit, WASM stopped/ }).count()).toBe(1);
  });

  it('is saved with every block of both', async () => {
    const { page } = studio;
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save the result' }).press('Enter');
    const file = await saved;
    expect(file.suggestedFilename()).toMatch(/^bench-[\d-]+\.json$/);
    const report = JSON.parse(await readFile(await file.path(), 'utf8'));
    expect(report).toMatchObject({ format: 'tuning-fork-bench/1', isolated: true });
    const [{ result }] = report.rows;
    expect(result.difference).toBeLessThanOrEqual(1e-3);
    expect([result.ours.ms.length, result.peer.ms.length, result.ours.losses.length]).toEqual([12, 12, 20]);
    expect(result.peer.about.version).toMatch(/^TensorFlow\.js 4/);
    expect(studio.errors).toEqual([]);
  });
});
