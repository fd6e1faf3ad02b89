import { expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { ProblemError } from '@/protocol/problems.ts';
import type { RunRecord } from '@/session/store.ts';
import { datasetOf, studioOf } from '../testing/fixtures.ts';
import { render } from '../testing/render.tsx';
import { COMPARISON, evaluationOf, runOf, runsOf } from '../testing/run-fixtures.ts';
import { EvaluateScreen } from './evaluate-screen.tsx';

const dataset = datasetOf();
const evaluation = evaluationOf(dataset);
const finished = (rest: Partial<RunRecord> = {}) =>
  runOf({ epochs: 19, status: { phase: 'done', finish: 'early-stopping', wait: 8 }, rest });

async function show(run: RunRecord, state = {}) {
  await page.viewport(1440, 900);
  const studio = studioOf(
    { screen: 'evaluate', dataset, ...runsOf(run), ...state },
    { evaluate: () => evaluation, predict: () => COMPARISON },
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
  expect(row.getByRole('cell').elements()[1]?.getAttribute('title')).toBe('1 of 11 Basil taken for Mint');
  await page.getByText('Share', { exact: true }).click();
  const shares = matrix.getByRole('row', { name: /^Basil 91%/ });
  expect(
    shares
      .getByRole('cell')
      .elements()
      .map((each) => each.textContent),
  ).toEqual(['91%', '9%', '0', '0']);
});

test('the surest mistakes come first, and a click names the picture by both models', async () => {
  const { calls } = await show(finished({ evaluation }));
  const pictures = page.getByRole('button', { name: /Try it on both models/ });
  await expect.poll(() => pictures.elements().length).toBe(4);
  await pictures.first().click();
  await expect.element(page.getByText('cardoon')).toBeVisible();
  await expect.element(page.getByText('Before: 1,000 labels')).toBeVisible();
  await expect.element(page.getByText('After: 4 classes')).toBeVisible();
  const asked = calls.find((call) => call.kind === 'predict');
  expect(asked).toMatchObject({ run: 'run-1', picture: { kind: 'example' } });
  await expect.element(pictures.first()).toHaveAttribute('aria-pressed', 'true');
  await page.getByText('All', { exact: true }).click();
  await expect.poll(() => pictures.elements().length).toBe(24);
});

test('a picture of one’s own is dropped on the card, and not opened as data', async () => {
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
    .toMatchObject({ picture: { kind: 'file', name: 'leaf.jpg' } });
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
