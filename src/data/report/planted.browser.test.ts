import { beforeAll, describe, expect, it } from 'vitest';
import { type DataReport, DEFAULT_SPLIT, type DroppedFile, type FindingKind } from '../../protocol/dataset.ts';
import type { OpenedImages } from '../image-dataset.ts';
import { openImages } from '../open-images.ts';
import { type Columns, dataReport } from './index.ts';

const sample = async (name: string): Promise<DroppedFile> => {
  const response = await fetch(`/samples/${name}.zip`);
  return { path: `${name}.zip`, file: await response.blob() };
};
const open = (files: readonly DroppedFile[]) =>
  openImages(files, { id: 'd', split: DEFAULT_SPLIT, onProgress: () => {} });
const columnsOf = (dataset: OpenedImages): Columns => {
  const { examples, classes } = dataset.summary();
  const fingerprints = dataset.pieces.map(({ fingerprint }) => fingerprint);
  return { ...examples, classes: classes.map(({ name }) => name), fingerprints };
};
const reportOf = (dataset: OpenedImages) => dataReport(columnsOf(dataset));

it.each(['digits-5-9', 'drawings', 'clothes'])('finds nothing in %s', async (name) => {
  const { findings, examined } = await reportOf(await open([await sample(name)]));
  expect(findings).toEqual([]);
  expect(examined).toBeGreaterThan(200);
});

interface Change {
  type?: string;
  quality?: number;
  scale?: number;
  /** Share of each side that is cut off. */
  crop?: number;
  filter?: string;
  mirror?: boolean;
}

async function changed(blob: Blob, o: Change): Promise<Blob> {
  const bitmap = await createImageBitmap(blob);
  const cut = o.crop ?? 0;
  const [width, height] = [bitmap.width * (1 - cut), bitmap.height * (1 - cut)].map((side) =>
    Math.round(side * (o.scale ?? 1)),
  ) as [number, number];
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d')!;
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  if (o.filter) context.filter = o.filter;
  if (o.mirror) context.setTransform(-1, 0, 0, 1, width, 0);
  context.imageSmoothingQuality = 'high';
  const from = [bitmap.width * cut * 0.7, bitmap.height * cut * 0.3] as const;
  context.drawImage(bitmap, ...from, bitmap.width * (1 - cut), bitmap.height * (1 - cut), 0, 0, width, height);
  bitmap.close();
  return canvas.convertToBlob({ type: o.type ?? 'image/png', quality: o.quality ?? 0.9 });
}

async function plain(width: number, height: number, colour: string, noise = 0): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d')!;
  context.fillStyle = colour;
  context.fillRect(0, 0, width, height);
  for (let i = 0; i < noise; i++) {
    context.fillStyle = `rgba(0,0,0,${0.05 * ((i * 7919) % 3)})`;
    context.fillRect((i * 31) % width, (i * 17) % height, 2, 2);
  }
  return canvas.convertToBlob();
}

async function stretched(width: number, height: number): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d')!;
  const colours = context.createLinearGradient(0, 0, width, height);
  for (const [i, colour] of ['#024', '#fa2', '#2a7', '#fff'].entries()) colours.addColorStop(i / 3, colour);
  context.fillStyle = colours;
  context.fillRect(0, 0, width, height);
  return canvas.convertToBlob();
}

/** Copies as people make them; each must be found. */
const COPIES: Readonly<Record<string, Change>> = {
  'compressed hard': { type: 'image/jpeg', quality: 0.3 },
  'as WebP': { type: 'image/webp', quality: 0.6 },
  halved: { scale: 0.5 },
  enlarged: { scale: 1.6 },
  'cut by 3 %': { crop: 0.03 },
  'less contrast': { filter: 'contrast(85%)' },
  'cut, halved and compressed': { crop: 0.02, scale: 0.6, type: 'image/jpeg', quality: 0.6 },
};

describe('a set with planted faults', () => {
  /** The drawings in folders that name their splits, so that it is known what lies where. */
  let files: DroppedFile[];
  let blobs: Map<string, Blob>;
  let dataset: OpenedImages;
  let report: DataReport;
  const kinds = Object.keys(COPIES);
  /** The file that a copy is made of: another one for each. */
  const original = (i: number) => [...blobs.keys()][7 * i + 3]!;
  const idOf = (path: string) => dataset.pieces.findIndex((example) => example.path.endsWith(path));
  const casesOf = (kind: FindingKind) =>
    report.findings
      .filter((finding) => finding.kind === kind)
      .flatMap(({ cases }) => cases.map(({ ids }) => [...ids].sort((a, b) => a - b)));
  const pair = (...paths: string[]) => paths.map(idOf).sort((a, b) => a - b);

  beforeAll(async () => {
    const clean = await open([await sample('drawings')]);
    blobs = new Map(clean.pieces.map(({ path, blob }) => [path, blob]));
    const splitOf = (i: number) => ['train', 'train', 'train', 'validation', 'test'][i % 5]!;
    files = [...blobs].map(([path, file], i) => ({ path: path.replace('drawings/', `set/${splitOf(i)}/`), file }));
    const of = (i: number) => blobs.get(original(i))!;
    const beside = (i: number) => files[7 * i + 3]!.path.replace(/[^/]+$/, '');
    const add = (path: string, file: Blob) => files.push({ path, file });
    for (const [i, kind] of kinds.entries()) add(`${beside(i)}copy ${kind}.png`, await changed(of(i), COPIES[kind]!));
    add(`${beside(10)}again.png`, of(10));
    add(`${beside(11).replace(/set\/\w+/, 'set/test')}leak.png`, of(11));
    add(
      `${beside(12).replace(/set\/\w+/, 'set/validation')}leak too.jpg`,
      await changed(of(12), { type: 'image/jpeg' }),
    );
    add(`set/train/food/other label.png`, of(1 + 12));
    add(`${beside(14)}mirrored.png`, await changed(of(14), { mirror: true }));
    add('set/train/food/white.png', await plain(300, 300, '#fff'));
    add('set/test/faces/night.png', await plain(300, 300, '#050505', 400));
    add('set/train/food/tiny.png', await changed(of(15), { scale: 0.05, filter: 'invert(1)' }));
    add('set/train/food/long.png', await stretched(900, 120));
    for (let i = 0; i < 12; i++)
      add(`set/train/Food /extra ${i}.png`, await changed(of(18 + i), { filter: 'invert(1)' }));
    dataset = await open(files);
    report = await reportOf(dataset);
  });

  it.each(kinds)('finds the copy that was %s', (kind) => {
    const found = [...casesOf('near-duplicates'), ...casesOf('leakage')];
    expect(found).toContainEqual(pair(original(kinds.indexOf(kind)).replace('drawings/', ''), `copy ${kind}.png`));
  });
  it('finds the copy, the leaks and the other label, each once', () => {
    const path = (i: number) => original(i).replace('drawings/', '');
    expect(casesOf('exact-duplicates')).toEqual([pair(path(10), 'again.png')]);
    expect(casesOf('conflicting-labels')).toEqual([pair(path(13), 'other label.png')]);
    const leaks = casesOf('leakage').filter((ids) => !kinds.some((kind) => ids.includes(idOf(`copy ${kind}.png`))));
    expect(leaks).toEqual(expect.arrayContaining([pair(path(11), 'leak.png'), pair(path(12), 'leak too.jpg')]));
    expect(leaks).toHaveLength(2);
    const all = report.findings.flatMap(({ kind, cases }) =>
      /duplicates|leakage|conflicting|blank|odd/.test(kind) ? cases.flatMap(({ ids }) => ids) : [],
    );
    expect(new Set(all).size).toBe(all.length);
  });
  it('finds the blank, the tiny and the long picture, and the name that was written twice', () => {
    expect(casesOf('blank').flat().sort()).toEqual(pair('white.png', 'night.png').sort());
    expect(casesOf('odd-size').flat().sort()).toEqual(pair('tiny.png', 'long.png').sort());
    const [names] = report.findings.filter(({ kind }) => kind === 'similar-class-names');
    expect(names?.cases[0]?.values).toMatchObject({ class: 'food', count: 12 });
  });
  it('is clean once every remedy is taken, and as it was once each is undone', async () => {
    const before = dataset.summary().examples;
    let steps = 0;
    for (let left = report; left.findings.some(({ remedy }) => remedy) && steps < 20; left = await reportOf(dataset)) {
      dataset.edit(left.findings.find(({ remedy }) => remedy)!.remedy!);
      steps++;
    }
    expect((await reportOf(dataset)).findings).toEqual([]);
    expect(dataset.summary().examples.excluded[idOf('leak.png')]).toBe(0);
    for (let i = 0; i < steps; i++) dataset.undo();
    expect(dataset.summary().examples).toEqual(before);
  });
});
