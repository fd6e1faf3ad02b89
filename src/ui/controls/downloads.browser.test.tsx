import Papa from 'papaparse';
import { afterEach, expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { ConfusionCard } from '../evaluate/confusion-card.tsx';
import { CurvesCard } from '../panels/curves/curves-card.tsx';
import { LearningRateCard } from '../panels/learning-rate/learning-rate-card.tsx';
import { datasetOf, studioOf } from '../testing/fixtures.ts';
import { render } from '../testing/render.tsx';
import { evaluationOf, runOf, runsOf } from '../testing/run-fixtures.ts';
import { csvOf } from './download-csv.ts';

afterEach(() => vi.restoreAllMocks());

/** The files that the page hands to the browser, kept here. */
function savedFiles(): Map<string, Blob> {
  const saved = new Map<string, Blob>();
  const blobs = new Map<string, Blob>();
  const make = URL.createObjectURL.bind(URL);
  vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
    const url = make(blob);
    if (blob instanceof Blob) blobs.set(url, blob);
    return url;
  });
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    const blob = blobs.get(this.href);
    if (blob) saved.set(this.download, blob);
  });
  return saved;
}

async function download(card: RegExp, kind: 'CSV' | 'SVG' | 'PNG', saved: Map<string, Blob>): Promise<[string, Blob]> {
  const before = saved.size;
  await page.getByRole('button', { name: card }).click();
  // one that was open before may still be on its way out
  await page
    .getByRole('menu', { name: card })
    .getByRole('menuitem', { name: new RegExp(kind) })
    .click();
  await expect.poll(() => saved.size).toBe(before + 1);
  return [...saved].at(-1)!;
}

test('a table comes back from its file as it was', () => {
  const table = {
    header: ['class', 'precision', 'support'],
    rows: [
      ['Basil, sweet', 0.1 + 0.2, 12],
      ['a "b"\nc', Number.NaN, 1e-7],
    ],
  };
  const { data } = Papa.parse<string[]>(csvOf(table).trimEnd());
  expect(data).toEqual([table.header, ['Basil, sweet', '0.30000000000000004', '12'], ['a "b"\nc', '', '1e-7']]);
});

test('the curves are saved as every number, as a drawing that stands alone, and as pixels', async () => {
  await page.viewport(1200, 900);
  const run = runOf();
  await render(<CurvesCard run={run} />, studioOf(runsOf(run)));
  await expect.element(page.getByRole('figure', { name: /^Loss/ })).toBeVisible();
  await expect.poll(() => document.querySelectorAll('path.curve').length).toBe(6);
  const saved = savedFiles();

  const [csvName, csv] = await download(/^Download: Loss/, 'CSV', saved);
  expect(csvName).toBe('run-1-curves.csv');
  const { data } = Papa.parse<Record<string, number | string>>(await csv.text(), {
    header: true,
    dynamicTyping: true,
    skipEmptyLines: true,
  });
  const losses = data.filter(({ split }) => split === 'train').map(({ loss }) => loss);
  expect(losses).toEqual([...run.train.columns.loss.subarray(0, run.train.length)]);

  const [, svg] = await download(/^Download: Loss/, 'SVG', saved);
  const drawing = new DOMParser().parseFromString(await svg.text(), 'image/svg+xml');
  expect(drawing.querySelector('parsererror')).toBeNull();
  const shown = [...document.querySelectorAll('path.curve')].map((path) => path.getAttribute('d'));
  const paths = [...drawing.querySelectorAll('path[data-line]')];
  expect(paths.map((path) => path.getAttribute('d'))).toEqual(shown);
  expect(paths.every((path) => /^rgb/.test(path.getAttribute('stroke') ?? ''))).toBe(true);
  expect(drawing.documentElement.outerHTML).not.toMatch(/var\(|class=/);
  const words = [...drawing.querySelectorAll('text')].map((each) => each.textContent);
  expect(words).toEqual(expect.arrayContaining(['Loss and accuracy', 'Training', 'Accuracy']));

  const [name, png] = await download(/^Download: Loss/, 'PNG', saved);
  expect(name).toBe('run-1-curves.png');
  const bitmap = await createImageBitmap(png);
  const size = drawing.documentElement.getAttribute('viewBox')!.split(' ').map(Number);
  expect([bitmap.width, bitmap.height]).toEqual([2 * size[2]!, 2 * size[3]!]);
  expect(shareOf(bitmap, [11, 95, 216])).toBeGreaterThan(0.001);
});

test('what is drawn with HTML around it is in the drawing, too', async () => {
  const run = runOf();
  await render(<LearningRateCard run={run} />, studioOf(runsOf(run)));
  const saved = savedFiles();
  const [, svg] = await download(/^Download: Learning rate/, 'SVG', saved);
  const drawing = new DOMParser().parseFromString(await svg.text(), 'image/svg+xml');
  const words = [...drawing.querySelectorAll('text')].map((each) => each.textContent);
  expect(words).toEqual(['Learning rate', '3e-4', '0']);
  expect(drawing.querySelectorAll('svg path')).toHaveLength(4);
  // the dot of the step that it is at
  expect(drawing.querySelectorAll('rect[rx]')).toHaveLength(1);
});

test('the confusion matrix is saved as the page has it, cell by cell', async () => {
  const evaluation = evaluationOf(datasetOf());
  await render(<ConfusionCard evaluation={evaluation} run={1} />);
  const saved = savedFiles();
  const [, csv] = await download(/^Download: Confusion/, 'CSV', saved);
  const { data } = Papa.parse<string[]>((await csv.text()).trimEnd());
  const cells = [...document.querySelectorAll('tbody td')].map((cell) => cell.textContent);
  expect(data.slice(1).flatMap((row) => row.slice(1))).toEqual(cells);
  expect(data[0]).toEqual(['class', ...evaluation.classes]);
  const [, svg] = await download(/^Download: Confusion/, 'SVG', saved);
  const drawing = new DOMParser().parseFromString(await svg.text(), 'image/svg+xml');
  expect(drawing.querySelectorAll('rect[rx]')).toHaveLength(cells.length);
  const words = [...drawing.querySelectorAll('text')].map((each) => each.textContent);
  expect(words).toEqual(expect.arrayContaining([...evaluation.classes, ...cells]));
});

/** Share of the pixels that are near a colour. */
function shareOf(bitmap: ImageBitmap, [r, g, b]: readonly [number, number, number]): number {
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext('2d')!;
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  let near = 0;
  for (let i = 0; i < data.length; i += 4)
    if (Math.abs(data[i]! - r) + Math.abs(data[i + 1]! - g) + Math.abs(data[i + 2]! - b) < 24) near++;
  return (4 * near) / data.length;
}
