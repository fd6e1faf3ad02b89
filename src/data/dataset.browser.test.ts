import { expect, it } from 'vitest';
import { DEFAULT_SPLIT, type DroppedFile } from '../protocol/dataset.ts';
import type { ImageInput } from '../protocol/model.ts';
import { ProblemError } from '../protocol/problems.ts';
import { openDataset } from './dataset.ts';

const RGB: ImageInput = { kind: 'image', size: 224, channels: 3 };
const options = { split: DEFAULT_SPLIT, onProgress: () => {} };

const sample = async (name: string): Promise<DroppedFile> => {
  const response = await fetch(`/samples/${name}.zip`);
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return { path: `${name}.zip`, file: await response.blob() };
};
async function picture(width: number, height: number, colour: string): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d')!;
  context.fillStyle = colour;
  context.fillRect(0, 0, width, height);
  return canvas.convertToBlob();
}

it('opens the drawings: summary, splits, thumbnails and pixels', async () => {
  const progress: number[] = [];
  const dataset = await openDataset([await sample('drawings')], {
    ...options,
    onProgress: (done, total) => progress.push(done / total),
    prefetch: RGB,
  });
  expect(dataset.classes).toEqual(['animals', 'faces', 'food', 'vehicles']);
  expect([progress[0], progress.at(-1), progress.length]).toEqual([0, 1, 241]);

  const summary = dataset.summary();
  expect(summary).toMatchObject({ name: 'drawings', kind: 'image', splitGiven: [], filesRead: 241 });
  expect(summary.classes[0]).toEqual({ name: 'animals', counts: { train: 42, validation: 9, test: 9 } });
  expect(summary.problems.map(({ severity, code }) => [severity, code])).toEqual([['note', 'file-not-image']]);
  expect(summary.examples).toHaveLength(240);
  expect(structuredClone(summary)).toEqual(summary);
  const thumbnail = await createImageBitmap(summary.examples[7]!.thumbnail);
  expect([thumbnail.width, thumbnail.height]).toEqual([112, 112]);

  const [train, validation, test] = [dataset.ids('train'), dataset.ids('validation'), dataset.ids('test')];
  expect([train.length, validation.length, test.length]).toEqual([168, 36, 36]);
  expect(new Set([...train, ...validation, ...test]).size).toBe(240);
  expect(summary.examples[train[3]!]).toMatchObject({ id: train[3], split: 'train', label: dataset.label(train[3]!) });
  expect(dataset.path(0)).toBe('drawings/animals/ant.png');
  expect(dataset.blob(0).size).toBeGreaterThan(100);

  const pixels = await dataset.pixels(0, RGB);
  expect(pixels.length).toBe(224 * 224 * 3);
  // A corner is transparent, so white; the ant is dark.
  expect([pixels[0], Math.min(...pixels.subarray(112 * 224 * 3, 113 * 224 * 3)) < 60]).toEqual([255, true]);

  dataset.resplit({ validation: 0.2, test: 0, seed: 7 });
  expect(dataset.ids('test')).toEqual([]);
  expect(dataset.summary()).toMatchObject({ split: { seed: 7 }, classes: { length: 4 } });
  expect(dataset.summary().classes[0]!.counts).toEqual({ train: 48, validation: 12, test: 0 });
});

it('prepares the same pixels ahead, later, and after the cache forgot them', async () => {
  const grey: ImageInput = { kind: 'image', size: 28, channels: 1 };
  const file = await sample('digits-5-9');
  const ahead = await openDataset([file], { ...options, prefetch: grey });
  const later = await openDataset([file], { ...options, cacheBytes: 3 * 784 });
  expect(later.classes).toEqual(['5', '6', '7', '8', '9']);
  for (const id of [0, 500, 999, 1, 2, 3, 0]) {
    expect(await later.pixels(id, grey)).toEqual(await ahead.pixels(id, grey));
  }
  const [a, b] = await Promise.all([later.pixels(5, grey), later.pixels(5, grey)]);
  expect(a).toBe(b);
});

it('tells of what it cannot use and keeps the rest', async () => {
  const red = await picture(300, 200, '#f00');
  const green = await picture(20, 30, '#0f0');
  const cut = red.slice(0, 60);
  const files = [
    ...['1', '2', '3'].map((name) => ({ path: `p/red/${name}.png`, file: red })),
    ...['1', '2'].map((name) => ({ path: `p/green/${name}.png`, file: green })),
    { path: 'p/blue/only.png', file: red },
    { path: 'p/red/cut.png', file: cut },
    { path: 'p/red/empty.png', file: new Blob([]) },
    { path: 'p/red/text.jpg', file: new Blob(['no picture']) },
  ];
  const dataset = await openDataset(files, { ...options, prefetch: RGB });
  expect(dataset.classes).toEqual(['green', 'red']);
  expect(dataset.problems.map(({ code, values }) => [code, values.file ?? values.class])).toEqual([
    ['file-empty', 'p/red/empty.png'],
    ['file-not-image', 'p/red/text.jpg'],
    ['image-unreadable', 'p/red/cut.png'],
    ['class-too-small', 'blue'],
    ['class-too-small', 'green'],
  ]);
  expect([...(await dataset.pixels(4, RGB)).subarray(0, 3)]).toEqual([255, 0, 0]);
  expect([...(await dataset.pixels(0, RGB)).subarray(0, 3)]).toEqual([0, 255, 0]);
});

it('throws where nothing usable is left', async () => {
  const red = await picture(3, 3, '#f00');
  const codeOf = async (files: DroppedFile[]) => {
    const error = await openDataset(files, options).catch((e: unknown) => e);
    return error instanceof ProblemError ? error.problem.code : error;
  };
  const cut = red.slice(0, 50);
  expect(await codeOf([])).toBe('no-images');
  expect(
    await codeOf([
      { path: 'a/1.png', file: cut },
      { path: 'b/1.png', file: cut },
    ]),
  ).toBe('no-images');
  expect(await codeOf(['1', '2', '3'].map((n) => ({ path: `a/${n}.png`, file: red })))).toBe('one-class');
  expect(await codeOf([{ path: '1.png', file: red }])).toBe('no-labels');
});
