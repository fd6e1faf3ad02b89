import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenPage } from './support/browser.ts';
import { answer, cell, cure, openLesson, play } from './support/lessons.ts';
import { chooseBackend, openStudio } from './support/studio.ts';

/** The lessons that `npm test` does not play, each as an instructor would, and its claim on the numbers of the page. */
describe('lessons', () => {
  let studio: OpenPage;
  beforeAll(async () => {
    studio = await openStudio();
    await chooseBackend(studio.page, 'WASM');
  });
  afterAll(() => studio?.close());

  it('cures: without one the old digits go, and one keeps both', async () => {
    const { page } = studio;
    await openLesson(page, 'cures');
    await play(page);
    expect(await cell(page, 'plain', 'old-accuracy')).toBeLessThan(20);
    expect(await cell(page, 'plain', 'validation-accuracy')).toBeGreaterThan(80);
    expect(await cell(page, 'replay', 'old-accuracy')).toBeGreaterThan(80);
    const { holds, numbers } = await answer(page);
    // replay: old and new, the second pair of the sentence
    expect(Math.min(numbers[2]!, numbers[3]!)).toBeGreaterThan(80);
    expect(holds).toBe(true);
  });

  it('negative transfer: what was learned before, held still, is worse than nothing', async () => {
    const { page } = studio;
    await openLesson(page, 'negative-transfer');
    await play(page);
    const { holds, numbers } = await answer(page);
    expect(numbers[1]!).toBeGreaterThan(numbers[0]! + 5);
    expect(holds).toBe(true);
    await cure(page, 'whole');
    expect(await cell(page, 'whole', 'validation-accuracy')).toBeGreaterThan(numbers[0]!);
  });

  it('the learning rate: too low hardly moves, too high jumps', async () => {
    const { page } = studio;
    await openLesson(page, 'learning-rate');
    await play(page);
    const { holds, numbers } = await answer(page);
    const [low, right, high] = numbers as [number, number, number];
    expect(right).toBeLessThan(0.5 * Math.min(low, high));
    expect(holds).toBe(true);
  });

  it('few examples: more of them, more right', async () => {
    const { page } = studio;
    await openLesson(page, 'few-examples');
    await play(page);
    const { holds, numbers } = await answer(page);
    const shares = [numbers[1]!, numbers[3]!, numbers[5]!];
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(holds).toBe(true);
  });

  it('dirty labels: the check names most of those that were made wrong', async () => {
    const { page } = studio;
    await openLesson(page, 'dirty-labels');
    await play(page);
    const { holds, numbers } = await answer(page);
    const [wrong, found] = numbers as [number, number];
    expect(found).toBeGreaterThan(0.5 * wrong);
    expect(holds).toBe(true);
    await cure(page, 'mended');
  });
});
