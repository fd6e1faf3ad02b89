import { beforeEach, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { ProblemError } from '@/protocol/problems.ts';
import type { RunRecord } from '@/session/store.ts';
import { datasetOf, studioOf } from '../testing/fixtures.ts';
import { render } from '../testing/render.tsx';
import { baseOf, COMPARISON, evaluationOf, runOf, runsOf, saliencyOf } from '../testing/run-fixtures.ts';
import { EvaluateScreen } from './evaluate-screen.tsx';

const dataset = datasetOf();
const evaluation = evaluationOf(dataset);
const finished = (rest: Partial<RunRecord> = {}) =>
  runOf({ epochs: 19, status: { phase: 'done', finish: 'early-stopping', wait: 8 }, rest });

const toSection = (name: string) => history.replaceState(null, '', `#/evaluate/${name}`);
beforeEach(() => history.replaceState(null, '', '#/evaluate'));

async function show(run: RunRecord, state = {}) {
  await page.viewport(1440, 900);
  const studio = studioOf(
    { screen: 'evaluate', dataset, ...runsOf(run), ...state },
    {
      evaluate: () => evaluation,
      'evaluate-base': () => baseOf(evaluation),
      predict: () => COMPARISON,
      saliency: ({ label }) => saliencyOf(label),
    },
  );
  return render(<EvaluateScreen />, studio);
}

test('a finished run is evaluated on entering, once', async () => {
  const { calls } = await show(finished());
  await expect
    .element(page.getByRole('heading', { name: 'Run 1 names 89.2% of the test pictures right' }))
    .toBeVisible();
  expect(calls.filter(({ kind }) => kind === 'evaluate')).toHaveLength(1);
});

test('the accuracy stands with its count, its interval and the majority', async () => {
  await show(finished({ evaluation }));
  await expect.element(page.getByText('33 of 37 · 95% interval 75.3% to 95.7%')).toBeVisible();
  await expect.element(page.getByText('always “Basil” 29.7%')).toBeVisible();
  await expect.element(page.getByText('beats the majority')).toBeVisible();
});

test('the confusion matrix reads as a table', async () => {
  await show(finished({ evaluation }));
  const matrix = page.getByRole('table', { name: /Rows: what it is/ });
  await expect.element(matrix).toBeInTheDocument();
  expect(
    matrix
      .getByRole('columnheader')
      .elements()
      .map((each) => each.textContent),
  ).toEqual(['Basil', 'Mint', 'Parsley', 'Thyme']);
  const row = matrix.getByRole('row', { name: /^Basil 10/ });
  await expect.element(row.getByRole('rowheader', { name: 'Basil' })).toBeInTheDocument();
  expect(
    row
      .getByRole('cell')
      .elements()
      .map((each) => each.textContent),
  ).toEqual(['10', '1', '0', '0']);
  await expect
    .poll(() => row.getByRole('cell').elements()[1]?.getAttribute('title'))
    .toBe('1 of 11 Basil taken for Mint');
  await page.getByRole('radiogroup', { name: 'Show' }).getByText('Share', { exact: true }).click();
  const shares = matrix.getByRole('row', { name: /^Basil 91%/ });
  expect(
    shares
      .getByRole('cell')
      .elements()
      .map((each) => each.textContent),
  ).toEqual(['91%', '9%', '0', '0']);
});

test('classes sort by a press on a column, with the counts behind each share', async () => {
  await show(finished({ evaluation }));
  const table = page.getByRole('region', { name: 'By class' });
  await table.getByRole('button', { name: 'Recall' }).click();
  await expect.element(table.getByRole('columnheader', { name: 'Recall' })).toHaveAttribute('aria-sort', 'descending');
  await table.getByRole('button', { name: 'Recall' }).click();
  await expect.element(table.getByRole('columnheader', { name: 'Recall' })).toHaveAttribute('aria-sort', 'ascending');
  const first = table.getByRole('row').elements()[1]!;
  const { confusion, classes } = evaluation;
  const recalls = confusion.map((row, i) => row[i]! / row.reduce((a, b) => a + b));
  const worst = recalls.indexOf(Math.min(...recalls));
  const [right, of] = [confusion[worst]![worst], confusion[worst]!.reduce((a, b) => a + b)];
  expect(first.textContent).toContain(classes[worst]);
  expect(first.textContent).toContain(`${right}/${of}`);
});

test('a mistake opens large: where the model looked, what both models say, and the class can be changed', async () => {
  toSection('pictures');
  const { calls } = await show(finished({ evaluation }));
  await expect.element(page.getByRole('heading', { name: '4 mistakes in 37 pictures' })).toBeVisible();
  const pictures = page.getByRole('button', { name: /Open it/ });
  await expect.poll(() => pictures.elements().length).toBe(4);
  await pictures.first().click();
  await expect.element(page.getByText('cardoon')).toBeVisible();
  await expect.element(page.getByText('Before: 1,000 labels')).toBeVisible();
  await expect.element(page.getByText('After: 4 classes')).toBeVisible();
  const map = page.getByRole('img', { name: 'A map over the picture: what spoke for “Thyme”' });
  await expect.element(map).toBeVisible();
  const canvas = map.element() as HTMLCanvasElement;
  const at = (x: number, y: number) => [...canvas.getContext('2d')!.getImageData(x, y, 1, 1).data];
  // drawn once the engine has answered
  await expect.poll(() => at(2, 1)).toEqual([252, 255, 164, 255]);
  // where nothing spoke for it the picture shows through
  expect(at(6, 6)[3]).toBe(77);
  await page.getByRole('combobox', { name: 'What spoke for' }).click();
  await page.getByRole('option', { name: /\(the truth\)/ }).click();
  await expect.poll(() => calls.filter(({ kind }) => kind === 'saliency').length).toBe(2);
  await page.getByRole('button', { name: 'Next picture' }).click();
  await expect.element(page.getByText('2 of 4')).toBeVisible();
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByText('All', { exact: true }).click();
  await expect.poll(() => pictures.elements().length).toBe(37);
});

test('a pair of classes that are mixed up leads to its pictures', async () => {
  await show(finished({ evaluation }));
  const pairs = page.getByRole('region', { name: 'Mix-ups' });
  const row = pairs.getByRole('row').elements()[1]!;
  const [truth, answer, count] = [...row.children].map((cell) => cell.textContent);
  await pairs.getByRole('button', { name: truth! }).first().click();
  await expect.element(page.getByRole('heading', { name: `“${truth}” was taken for “${answer}”` })).toBeVisible();
  await expect.poll(() => page.getByRole('button', { name: /Open it/ }).elements()).toHaveLength(Number(count));
});

test('calibration and ranking are drawn, and written as tables', async () => {
  toSection('confidence');
  await show(finished({ evaluation }));
  await expect.element(page.getByRole('figure', { name: /^Calibration over 37 answers/ })).toBeVisible();
  await expect.element(page.getByRole('figure', { name: /^ROC curve of “Basil”/ })).toBeVisible();
  await expect.poll(() => document.querySelectorAll('path[data-line="ranking"]').length).toBe(2);
  await page.getByRole('combobox', { name: 'Class', exact: true }).click();
  await page.getByRole('option', { name: 'Thyme' }).click();
  await expect.element(page.getByRole('heading', { name: /“Thyme” is told from the rest/ })).toBeVisible();
  for (const choice of page.getByText('Table', { exact: true }).elements()) (choice as HTMLElement).click();
  await expect.element(page.getByRole('region', { name: 'Areas of every class' }).getByText('Mint')).toBeVisible();
  const bins = page.getByRole('region', { name: 'Calibration' }).getByRole('row');
  const counts = bins.elements().map((row) => Number(row.lastElementChild?.textContent));
  expect(counts.slice(1).reduce((a, b) => a + b)).toBe(37);
});

test('results by group say the gap, the doubt and the small groups', async () => {
  toSection('groups');
  const of = Int32Array.from(dataset.examples.paths, (_, id) => (id % 11 === 0 ? 1 : 0));
  const groups = [{ name: 'camera', values: ['phone', 'reflex'], of }];
  await show(finished({ evaluation }), { dataset: { ...dataset, groups } });
  await expect.element(page.getByRole('heading', { name: /is named [\d.]+ points better than/ })).toBeVisible();
  await expect.element(page.getByText('may be chance')).toBeVisible();
  await expect.element(page.getByRole('rowheader', { name: /reflex few pictures/ })).toBeVisible();
});

test('the model before training is measured when asked, and what changed is shown', async () => {
  toSection('compare');
  const { calls } = await show(finished({ evaluation }));
  await expect.element(page.getByText(/by nearest class mean/)).toBeVisible();
  expect(calls.filter(({ kind }) => kind === 'evaluate-base')).toHaveLength(0);
  await page.getByRole('button', { name: 'Measure it' }).click();
  const gain = 100 * (evaluation.accuracy - baseOf(evaluation).accuracy);
  await expect.element(page.getByRole('heading', { name: `Training gained ${gain.toFixed(1)} points` })).toBeVisible();
  await expect.element(page.getByRole('heading', { name: /pictures became right/ })).toBeVisible();
});

test('five hundred classes are a list of mix-ups, and rows that are not seen are not drawn', async () => {
  const many = datasetOf(Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`class ${i}`, 20])));
  const run = finished({ classes: many.classes.map(({ name }) => name), evaluation: evaluationOf(many) });
  await show(run, { dataset: many });
  await expect.element(page.getByRole('region', { name: 'Mix-ups' })).toBeVisible();
  expect(document.querySelector('[aria-label="Confusion matrix"]')).toBeNull();
  expect(document.querySelectorAll('tbody tr').length).toBeLessThan(100);
  await expect
    .element(page.getByRole('region', { name: 'By class' }).getByText('class 0', { exact: true }))
    .toBeVisible();
});

test('a picture of one’s own is dropped on the card, and not opened as data', async () => {
  toSection('try');
  const { calls } = await show(finished({ evaluation }));
  const place = page.getByText(/Drop a picture here/);
  await expect.element(place).toBeVisible();
  const transfer = new DataTransfer();
  transfer.items.add(new File(['x'], 'leaf.jpg', { type: 'image/jpeg' }));
  const drop = new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true });
  place.element().dispatchEvent(drop);
  expect(drop.defaultPrevented).toBe(true);
  await expect
    .poll(() => calls.find((call) => call.kind === 'predict'))
    .toMatchObject({ tried: { kind: 'file', name: 'leaf.jpg' } });
});

test('an evaluation that failed says so and can be tried again, a picture tried in between or not', async () => {
  let times = 0;
  await page.viewport(1440, 900);
  const answers = {
    evaluate: () => {
      if (times++ === 0) throw new ProblemError('no-run');
      return evaluation;
    },
    predict: () => COMPARISON,
  };
  const studio = studioOf({ screen: 'evaluate', dataset, ...runsOf(finished()) }, answers);
  const { actions } = await render(<EvaluateScreen />, studio);
  await expect.element(page.getByRole('alert')).toBeVisible();
  await actions.tryPicture(new Blob(), 'leaf.jpg');
  await page.getByRole('button', { name: 'Evaluate again' }).click();
  await expect.element(page.getByText('33 of 37', { exact: false })).toBeVisible();
});

test('without data there is nothing to measure, and pictures can still be tried', async () => {
  const { calls } = await show(finished(), { dataset: undefined });
  await expect.element(page.getByText('No test pictures')).toBeVisible();
  await expect.element(page.getByRole('button', { name: 'Try a picture' })).toBeVisible();
  expect(calls).toHaveLength(0);
});

test('a run that still trains leads back to it', async () => {
  const { store } = await show(runOf());
  await page.getByRole('button', { name: 'To the run' }).click();
  expect(store.getState().screen).toBe('train');
});
