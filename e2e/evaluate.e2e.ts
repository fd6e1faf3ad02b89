import type { Locator, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenPage } from './support/browser.ts';
import { atMost, cardOf, csvFrom, drawingFrom, fixed, percent, shownTable } from './support/downloads.ts';
import { drop } from './support/drop.ts';
import { pictures, useDisk } from './support/pictures.ts';
import {
  auc,
  averagePrecision,
  bins,
  calibrationOf,
  classScores,
  confusionOf,
  isRight,
  mean,
  ratesAt,
  type Said,
  saidOf,
  sureOf,
  wilson,
} from './support/scores.ts';
import {
  changes,
  chooseBackend,
  chooseMethod,
  chooseModel,
  ended,
  evaluate,
  eventually,
  type Found,
  openStudio,
  press,
  start,
  toModel,
  type,
} from './support/studio.ts';

const CLASSES = ['5', '6', '7', '8', '9'];
const WRITERS = ['Aida', 'Bela', 'Çiğdem'];

/** Everything that is said of a run is worked out here again, from the answers that the page saves. */
describe('a run, judged', () => {
  const disk = useDisk();
  let studio: OpenPage;
  let found: Found;
  let said: Said[];
  /** By file. */
  const writers = new Map<string, string>();

  const section = (name: string): Promise<void> =>
    studio.page
      .getByRole('navigation', { name: 'Parts of the evaluation' })
      .getByRole('link', { name: new RegExp(`^${name}`) })
      .click();
  const csv = (title: string) => csvFrom(studio.page, disk, title);
  /** With so many lines: a chart is drawn once its width is known. */
  const drawing = (title: string, lines = 0) =>
    eventually(async () => {
      const drawn = await drawingFrom(studio.page, disk, title);
      expect(drawn.lines).toHaveLength(lines);
      return drawn;
    });

  beforeAll(async () => {
    // a camera that is there, and that nobody has allowed yet
    studio = await openStudio({ flags: ['--use-fake-device-for-media-stream'] });
    const { page } = studio;
    await chooseBackend(page, 'WASM');
    const digits = await pictures('digits-5-9', { each: 100 });
    const rows = [...digits.keys()].map((path, i) => {
      const file = `${String(i).padStart(3, '0')}.png`;
      writers.set(file, WRITERS[(i * 7 + Math.floor(i / 5)) % 3]!);
      return `${file},${path.split('/')[0]},${writers.get(file)}`;
    });
    const folder = await disk.folder(
      'written',
      new Map([
        ...[...digits.values()].map((bytes, i): [string, Uint8Array] => [`${String(i).padStart(3, '0')}.png`, bytes]),
        ['metadata.csv', new TextEncoder().encode(['file_name,label,writer', ...rows].join('\n'))],
      ]),
    );
    await drop(page, folder);
    await page.getByRole('heading', { level: 1, name: '500 pictures in 5 classes' }).waitFor();
    await toModel(page);
    await chooseModel(page, 'digits-cnn');
    await chooseMethod(page, 'Head only');
    // short enough to leave mistakes to look at
    await type(page, 'Epochs', 2);
    await page.getByText(/^2 epochs of /).waitFor();
    await start(page);
    await ended(page);
    found = await evaluate(page);
  });
  afterAll(() => studio?.close());

  it('names its test pictures, with mistakes to learn from', async () => {
    const { page } = studio;
    await section('Pictures');
    const rows = await csv('Test pictures');
    said = saidOf(rows, CLASSES);
    expect(said.length).toBe(75);
    expect(new Set(said.map(({ file }) => file)).size).toBe(75);
    for (const [i, one] of said.entries()) {
      expect(Object.values(one.chance).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
      expect(sureOf(one)).toBe(Math.max(...Object.values(one.chance)));
      expect(Number(rows[i]!.confidence)).toBe(sureOf(one));
      expect(Number(rows[i]!.right)).toBe(Number(isRight(one)));
    }
    const mistakes = said.filter((one) => !isRight(one));
    expect(mistakes.length).toBeGreaterThan(4);
    expect(mistakes.length).toBeLessThan(45);
    await page.getByRole('heading', { name: `${mistakes.length} mistakes in 75 pictures` }).waitFor();
    const tiles = cardOf(page, 'Test pictures').getByRole('listitem');
    const surest = mistakes.toSorted((a, b) => sureOf(b) - sureOf(a));
    await expect
      .poll(async () => (await tiles.allInnerTexts()).map((words) => words.replaceAll(/\s+/g, ' ').trim()))
      .toEqual(surest.map((one) => `${one.answer} ${percent(sureOf(one), 0)} is ${one.truth} Open it`));
    await expect
      .poll(() =>
        tiles.locator('img').evaluateAll((images) => images.map((image) => (image as HTMLImageElement).naturalWidth)),
      )
      .toEqual(surest.map(() => 28));
  });

  it('counts: accuracy, classes, the matrix and the mix-ups', async () => {
    const { page } = studio;
    await section('Overview');
    const right = said.filter(isRight).length;
    const confusion = confusionOf(said, CLASSES);
    expect(found).toEqual({ right, of: 75, share: percent(right / 75), confusion });

    const scores = CLASSES.map((name) => ({ name, ...classScores(said, name) }));
    const saved = await csv('By class');
    expect(saved.map((row) => row.class)).toEqual(CLASSES);
    saved.forEach((row, i) => {
      const { precision, recall, f1, support } = scores[i]!;
      expect(Number(row.precision)).toBeCloseTo(precision, 12);
      expect(Number(row.recall)).toBeCloseTo(recall, 12);
      expect(Number(row.f1)).toBeCloseTo(f1, 12);
      expect(Number(row.support)).toBe(support);
    });
    expect(await shownTable(page, 'By class')).toEqual(
      scores.map(({ name, precision, recall, f1, found: hits, answered, support }) => ({
        Class: name,
        Precision: `${percent(precision)} ${hits}/${answered}`,
        Recall: `${percent(recall)} ${hits}/${support}`,
        F1: percent(f1),
        Pictures: String(support),
      })),
    );

    const whole = Object.fromEntries((await csv('Test accuracy')).map(({ metric, value }) => [metric, Number(value)]));
    const { low, high } = wilson(right, 75);
    const expected = {
      accuracy: right / 75,
      right,
      examples: 75,
      interval_low: low,
      interval_high: high,
      majority_baseline: Math.max(...scores.map(({ support }) => support)) / 75,
      cross_entropy: mean(said.map(({ chance, truth }) => -Math.log(chance[truth]!))),
      macro_f1: mean(scores.map(({ f1 }) => f1)),
      weighted_f1: mean(scores.flatMap(({ f1, support }) => new Array<number>(support).fill(f1))),
      balanced_accuracy: mean(scores.map(({ recall }) => recall)),
    };
    expect(Object.keys(whole)).toEqual(Object.keys(expected));
    for (const [metric, value] of Object.entries(expected)) expect(whole[metric], metric).toBeCloseTo(value, 4);
    const words = await cardOf(page, 'Test accuracy').innerText();
    expect(words).toContain(`${right} of 75 · 95% interval ${percent(low)} to ${percent(high)}`);
    for (const value of [fixed(whole.cross_entropy!, 3), percent(whole.macro_f1!), percent(whole.balanced_accuracy!)])
      expect(words).toContain(value);

    expect(await csv('Confusion matrix')).toEqual(
      CLASSES.map((name, i) => ({
        class: name,
        ...Object.fromEntries(CLASSES.map((answer, j) => [answer, String(confusion[i]![j])])),
      })),
    );

    const pairs = await csv('Mix-ups');
    const counted = CLASSES.flatMap((truth, i) =>
      CLASSES.flatMap((answer, j) =>
        i !== j && confusion[i]![j]! > 0 ? [`${truth} for ${answer}: ${confusion[i]![j]}`] : [],
      ),
    );
    expect(pairs.map((row) => `${row.class} for ${row.taken_for}: ${row.count}`).toSorted()).toEqual(
      counted.toSorted(),
    );
    expect(await shownTable(page, 'Mix-ups')).toEqual(
      pairs.map((row) => ({
        'It is': row.class,
        'Taken for': row.taken_for,
        Times: row.count,
        Share: percent(Number(row.count) / scores.find(({ name }) => name === row.class)!.support, 0),
      })),
    );
    expect(pairs.map((row) => Number(row.count))).toEqual(
      pairs.map((row) => Number(row.count)).toSorted((a, b) => b - a),
    );
  });

  it('says when to believe it: calibration', async () => {
    const { page } = studio;
    await section('Sure or not');
    const { expected, worst, brier } = calibrationOf(said);
    const words = await cardOf(page, 'Calibration').innerText();
    expect(words).toContain(
      `Expected calibration error ${atMost(100 * expected, 1)} points, at worst ${atMost(100 * worst, 1)}; Brier score ${fixed(brier, 3)}.`,
    );
    const filled = bins(said);
    const saved = await csv('Calibration');
    expect(saved.map((row) => Number(row.confidence_above))).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]);
    const withAnswers = saved.filter((row) => row.examples !== '0');
    expect(withAnswers.map((row) => [row.confidence_above, row.right, row.examples])).toEqual(
      filled.map(({ low, right, examples }) => [String(low), String(right), String(examples)]),
    );
    const { lines } = await drawing('Calibration', 1);
    // one corner for each range that holds answers
    expect(lines.map((line) => line.match(/[ML]/g)?.length)).toEqual([filled.length]);
    await cardOf(page, 'Calibration').getByText('Table', { exact: true }).click();
    expect(await shownTable(page, 'Calibration')).toEqual(
      filled.map(({ low, sure, accuracy, right, examples }, i) => ({
        Confidence: percent(Number(withAnswers[i]!.mean_confidence)),
        'Right answers': String(right),
        Right: percent(accuracy),
        Pictures: String(examples),
        ...(sure ? {} : { low }),
      })),
    );
    withAnswers.forEach((row, i) => {
      expect(Number(row.mean_confidence)).toBeCloseTo(filled[i]!.sure, 12);
      expect(Number(row.accuracy)).toBeCloseTo(filled[i]!.accuracy, 12);
    });
  });

  it('ranks: each class against the rest at every threshold', async () => {
    const { page } = studio;
    const ranking = (name: string) => cardOf(page, `“${name}” against the rest`);
    await page
      .getByText(`Mean of all classes: AUC ${fixed(mean(CLASSES.map((name) => auc(said, name))), 3)}`)
      .waitFor();
    const { lines: first } = await drawing('“5” against the rest', 2);
    await ranking('5').locator('input[aria-label="Class"]').click();
    await page.getByRole('option', { name: '8', exact: true }).click();
    await page
      .getByRole('heading', { name: `“8” is told from the rest with an AUC of ${fixed(auc(said, '8'), 3)}` })
      .waitFor();
    const curve = await csv('“8” against the rest');
    expect(curve.length).toBe(1 + new Set(said.map(({ chance }) => chance['8'])).size);
    for (const row of curve) {
      const threshold = row.threshold === '' ? Number.POSITIVE_INFINITY : Number(row.threshold);
      const { falsePositive, recall, precision } = ratesAt(said, '8', threshold);
      expect([row.false_positive_rate, row.true_positive_rate, row.recall].map(Number)).toEqual([
        falsePositive,
        recall,
        recall,
      ]);
      expect(Number(row.precision)).toBeCloseTo(precision, 12);
    }
    const { lines } = await drawing('“8” against the rest', 2);
    expect(lines.map((line) => line.match(/[MLV]/g)?.length)).toEqual([curve.length, curve.length]);
    expect(lines).not.toEqual(first);
    await ranking('8').getByText('Table', { exact: true }).click();
    const areas = CLASSES.map((name) => ({ name, auc: auc(said, name), ap: averagePrecision(said, name) }));
    const saved = await csv('“8” against the rest');
    saved.forEach((row, i) => {
      expect(Number(row.auc)).toBeCloseTo(areas[i]!.auc, 12);
      expect(Number(row.average_precision)).toBeCloseTo(areas[i]!.ap, 12);
    });
    expect(await shownTable(page, 'Areas of every class')).toEqual(
      areas.map(({ name, auc: area, ap }) => ({
        Class: name,
        AUC: fixed(area, 3),
        AP: fixed(ap, 3),
        Pictures: String(said.filter(({ truth }) => truth === name).length),
      })),
    );
  });

  it('tells groups apart by the column that came with the pictures', async () => {
    const { page } = studio;
    await section('Groups');
    const groups = WRITERS.map((name) => {
      const own = said.filter(({ file }) => writers.get(file) === name);
      const right = own.filter(isRight).length;
      return { name, right, of: own.length, ...wilson(right, own.length) };
    });
    expect(groups.reduce((sum, { of }) => sum + of, 0)).toBe(75);
    const saved = await csv('By writer');
    expect(saved.map(({ group }) => group)).toEqual(WRITERS);
    saved.forEach((row, i) => {
      const { right, of, low, high } = groups[i]!;
      expect([row.right, row.examples].map(Number)).toEqual([right, of]);
      expect(Number(row.accuracy)).toBeCloseTo(right / of, 12);
      expect(Number(row.interval_low)).toBeCloseTo(low, 9);
      expect(Number(row.interval_high)).toBeCloseTo(high, 9);
    });
    expect(await shownTable(page, 'By writer')).toEqual(
      groups.map(({ name, right, of, low, high }) => ({
        writer: name,
        Accuracy: percent(right / of),
        from: percent(low, 0),
        to: percent(high, 0),
        'Right answers': String(right),
        Pictures: String(of),
      })),
    );
    expect((await drawing('By writer')).words).toContain('Çiğdem');
  });

  it('puts the model before training beside it', async () => {
    const { page } = studio;
    await section('Before and after');
    await press(page, 'Measure it');
    await page.getByRole('heading', { name: /^Training (gained|lost) [\d.]+ points$/ }).waitFor();
    const [before, after] = await csv('Before and after');
    expect([before!.model, after!.model]).toEqual(['before', 'after']);
    expect([after!.right, after!.examples, before!.examples].map(Number)).toEqual([found.right, 75, 75]);
    const gain = Number(after!.accuracy) - Number(before!.accuracy);
    const title = `Training ${gain > 0 ? 'gained' : 'lost'} ${atMost(100 * Math.abs(gain), 1)} points`;
    await cardOf(page, 'Before and after').getByRole('heading', { name: title, exact: true }).waitFor();
    const words = await cardOf(page, 'Before and after').innerText();
    for (const row of [before!, after!]) {
      const { low, high } = wilson(Number(row.right), 75);
      expect(words).toContain(`${row.right} of 75 · 95% interval ${percent(low)} to ${percent(high)}`);
    }

    const byClass = await csv('Recall by class');
    byClass.forEach((row, i) => {
      const { recall, support } = classScores(said, CLASSES[i]!);
      expect(Number(row.after)).toBeCloseTo(recall, 12);
      expect(Number(row.difference)).toBeCloseTo(recall - Number(row.before), 12);
      expect(Number(row.support)).toBe(support);
    });
    const rightBefore = byClass.reduce((sum, row) => sum + Number(row.before) * Number(row.support), 0);
    expect(rightBefore).toBeCloseTo(Number(before!.right), 9);
    expect((await shownTable(page, 'Recall by class')).map((row) => [row.Class, row.Before, row.After])).toEqual(
      byClass.map((row) => [row.class, percent(Number(row.before), 0), percent(Number(row.after), 0)]),
    );

    const became = async (words: RegExp) => {
      const heading = page.getByRole('heading', { name: words });
      const title = await heading.innerText();
      const rows = title.startsWith('0 ') ? [] : await csv(title);
      expect(rows.length).toBe(Number(title.match(/^\d+/)![0]));
      return rows.map(({ file }) => said.find((one) => file!.endsWith(one.file))!);
    };
    const [wrong, right] = [await became(/became wrong$/), await became(/became right$/)];
    expect(wrong.every((one) => !isRight(one))).toBe(true);
    expect(right.every(isRight)).toBe(true);
    expect(found.right - right.length + wrong.length).toBe(Number(before!.right));
    expect(right.length + wrong.length).toBeGreaterThan(0);
  });

  it('draws every chart for a paper or a slide', async () => {
    await section('Overview');
    expect((await drawing('Test accuracy')).words).toContain(found.share);
    const matrix = await drawing('Confusion matrix');
    expect(matrix.shapes).toBeGreaterThan(found.confusion.flat().filter(Boolean).length);
    expect((await drawing('By class')).words).toContain('Precision');
    await section('Before and after');
    expect((await drawing('Before and after')).words).toContain(`${found.right} of 75`);
  });

  describe('a picture, looked at closely', () => {
    const heat = (page: Page): Locator => page.getByRole('dialog').locator('canvas');
    /** The map as it is painted: brightness of each of its places. */
    const painted = async (page: Page): Promise<{ width: number; height: number; light: number[] }> => {
      await heat(page).waitFor();
      return heat(page).evaluate((canvas: HTMLCanvasElement) => {
        const { width, height } = canvas;
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, width, height);
        const light = Array.from(
          { length: width * height },
          (_, i) => data[4 * i]! + data[4 * i + 1]! + data[4 * i + 2]!,
        );
        return { width, height, light };
      });
    };
    const mapped = async (page: Page) => JSON.stringify(await painted(page));

    it('shows where the model looked, for the answer and for the truth', async () => {
      const { page } = studio;
      await section('Pictures');
      const surest = said.filter((one) => !isRight(one)).toSorted((a, b) => sureOf(b) - sureOf(a));
      await cardOf(page, 'Test pictures').getByRole('listitem').first().getByRole('button').click();
      const dialog = page.getByRole('dialog');
      const opened = async (place: number): Promise<void> => {
        await dialog.getByText(surest[place]!.file, { exact: true }).waitFor();
        await dialog.getByText(`${place + 1} of ${surest.length}`, { exact: true }).waitFor();
        await heat(page).waitFor();
      };
      // Grad-CAM has nothing to show where no channel speaks for a class on average
      let place = 0;
      for (
        await opened(0);
        await dialog.getByText(/^Grad-CAM, which averages over the picture, finds no place/).isVisible();
        place++
      ) {
        expect(new Set((await painted(page)).light).size).toBe(1);
        await press(page, 'Next picture');
        await opened(place + 1);
      }
      const first = surest[place]!;
      await dialog.getByText(`is ${first.truth}`, { exact: true }).waitFor();
      await dialog.getByText(/^Before training, by nearest class mean: /).waitFor();
      const answers = await dialog.getByRole('list').first().getByRole('listitem').allInnerTexts();
      expect(answers.map((words) => words.split(/\s+/).slice(0, 2))).toEqual(
        Object.entries(first.chance)
          .toSorted(([, a], [, b]) => b - a)
          .map(([name, chance]) => [name, percent(chance, 0)]),
      );

      // it comes a moment after its canvas
      await expect.poll(async () => new Set((await painted(page)).light).size).toBeGreaterThan(3);
      const { width, height, light } = await painted(page);
      const table = await csv(`What spoke for “${first.answer}”`);
      expect(table.length).toBe(width * height);
      // the more it says, the brighter it is
      const byValue = table.map((row, i) => [Number(row.value), light[i]!] as const).toSorted(([a], [b]) => a - b);
      for (const [i, [, here]] of byValue.slice(1).entries()) expect(here).toBeGreaterThanOrEqual(byValue[i]![1] - 2);
      expect(byValue.at(-1)![0]).toBeCloseTo(1, 6);

      const before = await mapped(page);
      await dialog.getByLabel('What spoke for', { exact: true }).first().click();
      await page.getByRole('option', { name: `${first.truth} (the truth)` }).click();
      await dialog.getByRole('img', { name: `A map over the picture: what spoke for “${first.truth}”` }).waitFor();
      await changes(() => mapped(page), before);

      const strength = () => heat(page).evaluate((canvas) => Number(getComputedStyle(canvas).opacity));
      const strong = await strength();
      await dialog.getByRole('slider', { name: 'Overlay' }).press('ArrowLeft');
      await expect.poll(strength).toBeLessThan(strong);
      expect((await drawing(`What spoke for “${first.truth}”`)).shapes).toBeGreaterThan(1);

      await press(page, 'Next picture');
      await opened(place + 1);
      await page.keyboard.press('ArrowLeft');
      await opened(place);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
    });
  });

  it('asks for the camera; refused, it says so, and allowed, names what it sees', async () => {
    const { page, errors } = studio;
    await section('Try it');
    await press(page, 'Start the camera');
    await page.getByRole('alert').getByText('The browser was told not to use the camera.').waitFor();
    await page.context().grantPermissions(['camera']);
    await press(page, 'Try again');
    const rate = page.getByText(/^\d+ frames a second · /);
    await rate.waitFor();
    await expect.poll(async () => Number((await rate.innerText()).match(/^\d+/)![0])).toBeGreaterThan(1);
    await expect.poll(() => rate.locator('xpath=preceding-sibling::div').innerText()).toMatch(/^[5-9]$/);
    const guesses = page.getByRole('heading', { name: 'Now', exact: true }).locator('xpath=following-sibling::ol/li');
    await eventually(async () => {
      const shares = (await guesses.allInnerTexts()).map((words) => Number(words.match(/(\d+)%/)![1]));
      expect(shares.length).toBe(CLASSES.length);
      expect(shares.reduce((a, b) => a + b)).toBeGreaterThan(95);
    });
    await press(page, 'Stop');
    await page.getByText('What does your camera see?').waitFor();
    await expect.poll(() => page.locator('video').count()).toBe(0);
    expect(errors).toEqual([]);
  });
});
