import { expect, it } from 'vitest';
import { DEFAULT_SPLIT, type DroppedFile, NONE, SPLITS } from '../protocol/dataset.ts';
import type { ImageInput } from '../protocol/model.ts';
import { ProblemError } from '../protocol/problems.ts';
import { addImages, openImages } from './open-images.ts';

const RGB: ImageInput = { kind: 'image', size: 224, channels: 3 };
const options = { id: 'd', split: DEFAULT_SPLIT, onProgress: () => {} };

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
  const opened = await openImages([await sample('drawings')], {
    ...options,
    onProgress: (done, total) => progress.push(done / total),
    prefetch: RGB,
  });
  const dataset = opened.view();
  expect(dataset.classes).toEqual(['animals', 'faces', 'food', 'vehicles']);
  expect([progress[0], progress.at(-1), progress.length]).toEqual([0, 1, 241]);

  const summary = opened.summary();
  expect(summary).toMatchObject({ name: 'drawings', kind: 'image', splitGiven: [], filesRead: 241 });
  expect(summary.classes[0]).toEqual({
    name: 'animals',
    counts: { train: 42, validation: 9, test: 9 },
    excluded: 0,
    usable: true,
  });
  expect(summary.problems.map(({ severity, code }) => [severity, code])).toEqual([['note', 'file-not-image']]);
  expect(summary.examples.length).toBe(240);
  expect(structuredClone(summary)).toEqual(summary);
  const thumbnail = await createImageBitmap(opened.thumbnail(7));
  expect([thumbnail.width, thumbnail.height]).toEqual([112, 112]);

  const [train, validation, test] = [dataset.ids('train'), dataset.ids('validation'), dataset.ids('test')];
  expect([train.length, validation.length, test.length]).toEqual([168, 36, 36]);
  expect(new Set([...train, ...validation, ...test]).size).toBe(240);
  expect(SPLITS[summary.examples.splits[train[3]!]!]).toBe('train');
  expect(summary.examples.labels[train[3]!]).toBe(dataset.label(train[3]!));
  expect(dataset.path(0)).toBe('drawings/animals/ant.png');
  expect(dataset.blob(0).size).toBeGreaterThan(100);

  const pixels = await dataset.pixels(0, RGB);
  expect(pixels.length).toBe(224 * 224 * 3);
  // A corner is transparent, so white; the ant is dark.
  expect([pixels[0], Math.min(...pixels.subarray(112 * 224 * 3, 113 * 224 * 3)) < 60]).toEqual([255, true]);

  opened.resplit({ validation: 0.2, test: 0, seed: 7 });
  expect(opened.view().ids('test')).toEqual([]);
  expect(dataset.ids('test')).toEqual(test);
  expect(opened.summary()).toMatchObject({ split: { seed: 7 }, classes: { length: 4 } });
  expect(opened.summary().classes[0]!.counts).toEqual({ train: 48, validation: 12, test: 0 });
});

it('prepares the same pixels ahead, later, and after the cache forgot them', async () => {
  const grey: ImageInput = { kind: 'image', size: 28, channels: 1 };
  const file = await sample('digits-5-9');
  const ahead = await openImages([file], { ...options, prefetch: grey });
  const later = await openImages([file], { ...options, cacheBytes: 3 * 784 });
  expect(later.view().classes).toEqual(['5', '6', '7', '8', '9']);
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
  const dataset = await openImages(files, { ...options, prefetch: RGB });
  expect(dataset.view().classes).toEqual(['green', 'red']);
  expect(dataset.summary().problems.map(({ code, values }) => [code, values.file ?? values.class])).toEqual([
    ['file-empty', 'p/red/empty.png'],
    ['image-unreadable', 'p/red/cut.png'],
    ['file-not-image', 'p/red/text.jpg'],
    ['class-too-small', 'blue'],
    ['class-too-small', 'green'],
  ]);
  expect([...(await dataset.pixels(5, RGB)).subarray(0, 3)]).toEqual([255, 0, 0]);
  expect([...(await dataset.pixels(1, RGB)).subarray(0, 3)]).toEqual([0, 255, 0]);
});

it('throws where nothing usable is left', async () => {
  const red = await picture(3, 3, '#f00');
  const problemOf = async (files: DroppedFile[]) => {
    const error = await openImages(files, options).catch((e: unknown) => e);
    return error instanceof ProblemError ? { code: error.problem.code, ...error.problem.values } : error;
  };
  const cut = red.slice(0, 50);
  const both = (file: Blob) => ['a/1.png', 'b/1.png'].map((path) => ({ path, file }));
  const none = { code: 'no-images', filesRead: 2, file: 'a/1.png' };
  expect(await problemOf([])).toEqual({ code: 'no-images', filesRead: 0, reason: 'empty' });
  expect(await problemOf(both(cut))).toEqual({ ...none, reason: 'unreadable' });
  expect(await problemOf(both(new Blob(['text'])))).toEqual({ ...none, reason: 'text' });
  const huge = new Uint8Array(await red.arrayBuffer());
  new DataView(huge.buffer).setBigUint64(16, 0x9c40_0000_9c40n);
  expect(await problemOf(both(new Blob([huge])))).toMatchObject({ ...none, reason: 'too-large', width: 40_000 });
});

it('opens what cannot train yet: one class, or nothing sorted', async () => {
  const red = await picture(3, 3, '#f00');
  const one = await openImages(
    ['1', '2', '3'].map((n) => ({ path: `a/${n}.png`, file: red })),
    options,
  );
  expect(one.summary().problems.map(({ code }) => code)).toEqual(['one-class']);
  expect(() => one.view()).toThrow(ProblemError);

  const loose = await openImages(
    ['1', '2', '3', '4'].map((n) => ({ path: `${n}.png`, file: red })),
    options,
  );
  expect([...loose.summary().examples.labels]).toEqual([NONE, NONE, NONE, NONE]);
  for (const name of ['left', 'right']) loose.edit({ kind: 'add-class', name });
  loose.edit({ kind: 'label', ids: [0, 1], label: 0 });
  expect(() => loose.view()).toThrow(ProblemError);
  loose.edit({ kind: 'label', ids: [2, 3], label: 1 });
  expect(loose.view()).toMatchObject({ classes: ['left', 'right'] });
});

it('edits, undoes and redoes, and moves no other picture from one split to another', async () => {
  const dataset = await openImages([await sample('digits-5-9')], options);
  const before = dataset.summary().examples;
  const view = dataset.view();
  const [first, second] = view.ids('test');
  dataset.edit({ kind: 'exclude', ids: [first!] });
  dataset.edit({ kind: 'label', ids: [second!], label: 4 });
  const after = dataset.summary();
  expect(dataset.view().ids('test')).toEqual(view.ids('test').slice(1));
  expect(dataset.view().ids('train')).toEqual(view.ids('train'));
  expect([view.label(second!), dataset.view().label(second!)]).toEqual([0, 4]);
  expect(after.undo).toEqual({ kind: 'label', count: 1 });
  dataset.undo();
  dataset.undo();
  dataset.undo();
  expect(dataset.summary().examples).toEqual(before);
  expect(dataset.summary().redo).toEqual({ kind: 'exclude', count: 1 });
  dataset.redo();
  dataset.redo();
  expect(dataset.summary().examples).toEqual(after.examples);
});

it('takes more pictures in, into classes that are there and new ones; undo keeps them', async () => {
  const file = await picture(3, 3, '#00f');
  const folders = ['a/1', 'a/2', 'b/1', 'b/2'].map((path) => ({ path: `${path}.png`, file }));
  const dataset = await openImages(folders, options);
  dataset.edit({ kind: 'rename-class', label: 1, name: 'bee' });
  await addImages(
    dataset,
    ['x/a/3', 'x/c/1'].map((path) => ({ path: `${path}.png`, file })),
    options,
  );
  expect(dataset.summary().classes.map(({ name }) => name)).toEqual(['a', 'bee', 'c']);
  expect([...dataset.summary().examples.labels]).toEqual([0, 0, 1, 1, 0, 2]);
  dataset.undo();
  expect(dataset.summary().classes.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  expect([...dataset.summary().examples.labels]).toEqual([0, 0, 1, 1, 0, 2]);
});
