import { beforeAll, expect, it } from 'vitest';
import { openImages } from '../data/open-images.ts';
import { seedOf, shuffled } from '../lib/random.ts';
import { tensorCount } from '../nn/memory.ts';
import { DEFAULT_SPLIT, type Finding } from '../protocol/dataset.ts';
import type { WorkerEvent } from '../protocol/messages.ts';
import { emptyStatus } from '../protocol/run.ts';
import { checkLabels } from './check-labels.ts';
import { foldsOf } from './cross-validation.ts';
import { Studio } from './studio.ts';

const MODEL = { kind: 'shipped', id: 'digits-cnn' } as const;
let studio: Studio;
const events: WorkerEvent[] = [];

beforeAll(async () => {
  studio = new Studio(`${location.origin}/`, (event) => events.push(event));
  await studio.chooseBackend('wasm');
  const file = await (await fetch('/samples/digits-5-9.zip')).blob();
  const input = { kind: 'image', size: 28, channels: 1 } as const;
  const options = { id: 'd', split: DEFAULT_SPLIT, onProgress: () => {}, prefetch: input };
  studio.dataset = await openImages([{ path: 'digits-5-9.zip', file }], options);
});

const found = ({ cases }: Finding) => new Set(cases.flatMap(({ ids }) => ids));

it('accuses next to nobody of the digits as they are', async () => {
  const finding = await checkLabels(studio, MODEL);
  expect(finding).toMatchObject({ kind: 'probably-mislabelled', values: { examined: 1000 } });
  expect(finding.cases.length).toBeLessThanOrEqual(5);
});

// Measured: 36 of 50 found, and 1 that is right.
it('finds the labels that were made wrong, the surest first, and says what they are; again, and without a trace', async () => {
  const dataset = studio.opened();
  const truth = dataset.state.labels;
  const wrong = [...shuffled(1000, seedOf(1, 0, 'wrong'))].slice(0, 50);
  for (const id of wrong) dataset.edit({ kind: 'label', ids: [id], label: (truth[id]! + 1 + (id % 4)) % 5 });
  const tensors = tensorCount();
  const finding = await checkLabels(studio, MODEL);
  expect(tensorCount()).toBe(tensors);
  const suspects = found(finding);
  const hits = wrong.filter((id) => suspects.has(id));
  expect(hits.length / wrong.length).toBeGreaterThanOrEqual(0.65);
  expect(hits.length / suspects.size).toBeGreaterThanOrEqual(0.85);
  const likely = finding.cases.filter(({ ids, values }) => values.likelyLabel === truth[ids[0]!]);
  expect(likely.length / finding.cases.length).toBeGreaterThanOrEqual(0.8);
  expect(finding.cases.slice(0, 15).every(({ ids }) => wrong.includes(ids[0]!))).toBe(true);
  for (const { values } of finding.cases) {
    expect(dataset.state.classes[Number(values.likelyLabel)]).toBe(values.likely);
    expect(dataset.state.classes[Number(values.givenLabel)]).toBe(values.given);
  }
  expect(await checkLabels(studio, MODEL)).toEqual(finding);
  dataset.edit(finding.remedy!);
  expect(
    dataset
      .view()
      .ids('train')
      .some((id) => suspects.has(id)),
  ).toBe(false);
  const progress = events.filter((event) => event.kind === 'progress' && event.task === 'labels');
  expect(progress.at(-1)).toMatchObject({ done: 2000, total: 2000 });
});

it('gives way to a run, before it and while it looks, and leaves no tensor', async () => {
  const run = { status: emptyStatus('r', 1, 'wasm') } as never;
  studio.runs.set('r', run);
  await expect(checkLabels(studio, MODEL)).rejects.toThrow('busy');
  studio.runs.delete('r');
  const tensors = tensorCount();
  const checking = checkLabels(studio, MODEL);
  await expect(checkLabels(studio, MODEL)).rejects.toThrow('busy');
  const begun = events.length;
  while (!events.slice(begun).some((event) => event.kind === 'progress' && event.done > 100))
    await new Promise((resolve) => setTimeout(resolve, 5));
  studio.runs.set('r', run);
  await expect(checking).rejects.toThrow('busy');
  studio.runs.delete('r');
  expect(tensorCount()).toBe(tensors);
});

it('deals every class over the folds', () => {
  const labels = Array.from({ length: 103 }, (_, i) => (i < 2 ? 0 : 1 + (i % 3)));
  const folds = foldsOf(labels, 5, 7);
  expect(folds[0]).not.toBe(folds[1]);
  for (const label of [1, 2, 3]) {
    const sizes = [0, 1, 2, 3, 4].map((fold) => labels.filter((one, i) => one === label && folds[i] === fold).length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  }
  expect(foldsOf(labels, 5, 7)).toEqual(folds);
  expect(foldsOf(labels, 5, 8)).not.toEqual(folds);
});
