import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../nn/backends/index.ts';
import { labelTargets } from '../nn/classification.ts';
import { readBack } from '../nn/input.ts';
import { tensorCount } from '../nn/memory.ts';
import type { RunSettings } from '../protocol/run.ts';
import { Feed } from './feed.ts';
import { figures, IDS, learner, prefixOf, runToEnd, settings, source } from './testing.ts';
import { cachedRows } from './views.ts';

beforeAll(async () => {
  await startBackend('wasm');
});

const EVERYTHING = {
  flipHorizontal: true,
  flipVertical: true,
  crop: 0.5,
  rotate: 20,
  colour: 0.3,
  erase: 0.5,
  mixup: 0.3,
  cutmix: 1,
  synonyms: 0,
  swap: 0,
  deletion: 0,
  views: 3,
};
const augmented = (patch: Partial<RunSettings> = {}) => settings({ augmentation: EVERYTHING, epochs: 3, ...patch });
const isHead = (name: string) => name.startsWith('classifier');

async function course(o: RunSettings, trainable?: (name: string) => boolean, cached = false) {
  const net = learner(o, trainable);
  const cache = cached ? await prefixOf(net, o) : undefined;
  const { points, status } = await runToEnd(o, net, { cache });
  const { weights } = await net.read();
  cache?.dispose();
  net.dispose();
  return { points: figures(points), weights, prepared: status.prepared };
}

const feedOf = (o: RunSettings, cache?: Awaited<ReturnType<typeof prefixOf>>) =>
  new Feed({ source, classes: 3, ids: IDS, cache, settings: o });

describe('a run on augmented pictures', () => {
  it('repeats from its seed, bit for bit, and is another than one on the pictures as they are', async () => {
    const first = await course(augmented());
    expect(await course(augmented())).toEqual(first);
    const plain = await course(settings({ epochs: 3 }));
    expect(first.points[0]).toEqual(plain.points[0]); // validation before the first step
    expect(first.points.slice(1)).not.toEqual(plain.points.slice(1));
  });

  it('is the same to the bit where nothing but the count of views is set', async () => {
    const off = settings({ epochs: 2 });
    const other = settings({
      epochs: 2,
      augmentation: { ...off.augmentation, synonyms: 0, swap: 0, deletion: 0, views: 9 },
    });
    expect(await course(other)).toEqual(await course(off));
  });

  it('sees the pictures of validation as they are', async () => {
    const feed = feedOf(augmented());
    const { input, targets } = await feed.validation(IDS.validation);
    expect(input).toEqual({ kind: 'arrays', batch: await source.inputs(IDS.validation) });
    const plain = await feedOf(settings()).validation(IDS.validation);
    expect(targets).toEqual(plain.targets);
  });

  it('keeps no tensor over 50 steps', async () => {
    const o = augmented({ epochs: 14 });
    const before = tensorCount();
    const net = learner(o);
    const counts: number[] = [];
    await runToEnd(o, net, {}, (event) => {
      if (event.kind === 'status' && event.status.phase === 'running') counts.push(tensorCount());
    });
    expect(counts.length).toBeGreaterThan(50);
    expect(Math.max(...counts.slice(-15))).toBe(Math.max(...counts.slice(5, 20)));
    net.dispose();
    expect(tensorCount()).toBe(before);
  });
});

describe('targets of mixed pictures', () => {
  it.each(['mixup', 'cutmix'] as const)('%s: sum to 1, and the heavier label is the right answer', async (kind) => {
    const o = augmented({ augmentation: { ...EVERYTHING, mixup: 0, cutmix: 0, [kind]: 1 }, labelSmoothing: 0.1 });
    const { targets } = await feedOf(o).training(IDS.train, 1, 0);
    const { data } = targets.targets!;
    let soft = 0;
    IDS.train.forEach((_, i) => {
      const row = [...data.subarray(3 * i, 3 * i + 3)];
      expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
      expect(targets.labels!.data[i]).toBe(row.indexOf(Math.max(...row)));
      if (Math.max(...row) < 0.93) soft++;
    });
    expect(soft).toBeGreaterThan(5);
    expect(targets.total!.data[0]).toBeCloseTo(30, 4);
  });

  it('weigh as their labels do, in their shares', async () => {
    const plain = labelTargets([0, 1], { classes: 2, smoothing: 0, weights: Float32Array.of(2, 0.5) }).batch;
    expect([...plain.targets!.data, plain.total!.data[0]]).toEqual([2, 0, 0, 0.5, 2.5]);
    const partners = { labels: [1, 1], shares: [0.25, 0.5] };
    const mixed = labelTargets([0, 1], { classes: 2, smoothing: 0, weights: Float32Array.of(2, 0.5), partners }).batch;
    expect([...mixed.targets!.data]).toEqual([0.5, 0.375, 0, 0.5]);
    expect(mixed.total!.data[0]).toBe(1.375);
    expect([...mixed.labels!.data]).toEqual([1, 1]);
  });
});

describe('augmented views of a cached prefix', () => {
  it('with a view for each epoch, give what recomputing gives, to the bit', async () => {
    const o = augmented({ batchSize: 16 });
    const recomputed = await course(o, isHead);
    expect(recomputed.prepared.total).toBe(102); // three views of 30, and 12
    expect(await course(o, isHead, true)).toEqual(recomputed);
  });

  it('do so in batches of any size where nothing is mixed, but for rounding', async () => {
    const o = augmented({ batchSize: 7, augmentation: { ...EVERYTHING, mixup: 0, cutmix: 0 } });
    const recomputed = await course(o, isHead);
    const cached = await course(o, isHead, true);
    for (const [i, { loss }] of recomputed.points.entries()) expect(cached.points[i]!.loss).toBeCloseTo(loss, 5);
  });

  it('come again after the last one, and validation is not augmented', async () => {
    const o = augmented({ epochs: 7 });
    const net = learner(o, isHead);
    const cache = await prefixOf(net, o);
    const feed = feedOf(o, cache);
    const rowsAt = async (epoch: number) => {
      const { input } = await feed.training(IDS.train, epoch, 0);
      return input.kind === 'cached' ? [...input.rows] : [];
    };
    const [first, second, , fourth] = [await rowsAt(1), await rowsAt(2), await rowsAt(3), await rowsAt(4)];
    expect(fourth).toEqual(first);
    expect(first.toSorted((a, b) => a - b)).toEqual(IDS.train);
    expect(second.toSorted((a, b) => a - b)).toEqual(IDS.train.map((i) => 30 + i));
    expect(cachedRows(o, { train: 30, validation: 12 })).toBe(102);

    const plain = await prefixOf(net, settings());
    const { input } = await feed.validation(IDS.validation);
    if (input.kind !== 'cached') throw new Error('not cached');
    expect([...input.rows]).toEqual(IDS.validation.map((_, i) => 90 + i));
    const [name] = Object.keys(plain.rows(Int32Array.of(0)));
    const unchanged = await plain.rows(Int32Array.from({ length: 12 }, (_, i) => 30 + i))[name!]!.data();
    expect(await cache.rows(input.rows)[name!]!.data()).toEqual(unchanged);
    cache.dispose();
    plain.dispose();
    net.dispose();
  });

  it('are no more than the epochs', () => {
    expect(cachedRows(augmented({ epochs: 2 }), { train: 30, validation: 12 })).toBe(72);
    expect(cachedRows(settings({ epochs: 9 }), { train: 30, validation: 12 })).toBe(42);
  });
});

it('an input can be looked at as the first stage is given it', async () => {
  const o = augmented({ augmentation: { ...EVERYTHING, mixup: 0, cutmix: 0 } });
  const { input } = await feedOf(o).training([4, 5], 1, 0);
  const plain = await source.inputs([4, 5]);
  if (input.kind !== 'arrays') throw new Error('cached');
  const before = tensorCount();
  const seen = await readBack(input);
  expect(tensorCount()).toBe(before);
  expect(seen.pixels!.shape).toEqual([2, 12, 12, 1]);
  expect(seen.pixels!.data).not.toEqual(plain.pixels!.data);
});
