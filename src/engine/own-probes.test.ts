import { readFile } from 'node:fs/promises';
import { unzipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { prepare } from '../data/image/prepare.ts';
import { CACHE_BYTES, keyOf, OpenedImages } from '../data/image-dataset.ts';
import { ByteLru } from '../lib/lru.ts';
import { readSafetensors } from '../lib/safetensors.ts';
import { DEFAULT_SPLIT } from '../protocol/dataset.ts';
import type { WorkerEvent } from '../protocol/messages.ts';
import type { RunSettings, RunStatus, StepMetrics } from '../protocol/run.ts';
import { defaultSettings } from '../protocol/settings.ts';
import { loadProbes } from './old-task-probes.ts';
import { drawn, openProbes, ownProbes, takeProbes } from './own-probes.ts';
import type { Studio } from './studio.ts';
import { pictures } from './testing/pictures.ts';
import { labelled, serve, studioWith } from './testing/texts.ts';
import { figures } from './testing.ts';
import { startRun } from './training.ts';

const DIGITS = { kind: 'shipped', id: 'digits-cnn' } as const;
const MINILM = { kind: 'shipped', id: 'minilm-l6' } as const;
const INPUT = { kind: 'image', size: 28, channels: 1 } as const;

const events: WorkerEvent[] = [];
let studio: Studio;
beforeAll(async () => {
  studio = studioWith(undefined, (event) => void events.push(event));
  await studio.chooseBackend('wasm');
  studio.dataset = await pictures('digits-5-9.zip', { inputs: [INPUT] });
});

/** The pictures that come with the model as its probes, as if a person had dropped them. */
async function ownDigits(): Promise<OpenedImages> {
  const zip = await readFile(new URL('../../public/models/digits-cnn/probes.zip', import.meta.url));
  const file = readSafetensors(unzipSync(new Uint8Array(zip))['probes.safetensors']!, 'probes.safetensors');
  const [pixels, { data: labels }] = [file.get('pixels')!.data, file.get('labels')!];
  const cache = new ByteLru<string>(CACHE_BYTES);
  for (let id = 0; id < labels.length; id++) {
    const data = new Uint8ClampedArray(4 * 28 * 28).fill(255);
    for (let i = 0; i < 28 * 28; i++) data.fill(pixels[id * 28 * 28 + i]!, 4 * i, 4 * i + 3);
    cache.set(keyOf(id, INPUT), prepare({ width: 28, height: 28, data }, INPUT));
  }
  const blob = new Blob();
  return new OpenedImages(
    {
      ...{ kind: 'image', id: 'mine', name: 'my digits', classes: ['0', '1', '2', '3', '4'] },
      ...{ labels: Int32Array.from(labels), excluded: new Uint8Array(labels.length), splits: new Int8Array(0) },
      ...{ groups: [], split: DEFAULT_SPLIT, problems: [], filesRead: labels.length, readMs: 0 },
    },
    Array.from(labels, (_, id) => ({
      ...{ path: `${id}.png`, blob, thumbnail: blob, width: 28, height: 28, fingerprint: null as never },
    })),
    cache,
  );
}

const asked = (patch: Partial<RunSettings>): RunSettings => ({
  ...defaultSettings(),
  ...{ model: DIGITS, method: { id: 'full', options: {} }, task: {}, epochs: 2 },
  oldTask: { watch: true, every: 1 },
  ...patch,
});

async function run(patch: Partial<RunSettings> = {}): Promise<{ points: StepMetrics[]; status: RunStatus }> {
  events.length = 0;
  const status = await startRun(studio, 'run', asked(patch));
  return { points: events.flatMap((event) => (event.kind === 'metrics' ? event.points : [])), status };
}
const oldOf = (points: readonly StepMetrics[]) => points.filter(({ split }) => split === 'old');
const others = (points: readonly StepMetrics[]) => figures(points.filter(({ split }) => split !== 'old'));

describe('data of a person in place of the probes', () => {
  it('whose labels the model knows gives accuracy, and the run is the same', { timeout: 120_000 }, async () => {
    const model = await studio.model(DIGITS);
    const shipped = await run();
    takeProbes(studio, studio.dataset!.id, await ownDigits(), model);
    const own = await run();
    expect(shipped.status.probes).toBeUndefined();
    expect(own.status.probes).toEqual({ name: 'my digits', kind: 'labels' });
    // the same pictures in another order
    expect(oldOf(own.points).map(({ accuracy, examples }) => ({ accuracy, examples }))).toEqual(
      oldOf(shipped.points).map(({ accuracy, examples }) => ({ accuracy, examples })),
    );
    expect(oldOf(own.points)[0]!.accuracy).toBeGreaterThan(0.9);
    expect(oldOf(own.points)[0]!.examples).toBe(200);
    expect(others(own.points)).toEqual(others(shipped.points));
    studio.own = undefined;
    const after = await run();
    expect(figures(after.points)).toEqual(figures(shipped.points));
  });

  it('with other labels gives agreement: whole before training, less after it', { timeout: 120_000 }, async () => {
    const model = await studio.model(DIGITS);
    const data = await pictures('digits-5-9.zip', { inputs: [INPUT] });
    data.edit({ kind: 'rename-class', label: 0, name: 'five' });
    takeProbes(studio, studio.dataset!.id, data, model);
    const { points, status } = await run({ learningRate: 0.025, batchSize: 8 });
    expect(status.probes?.kind).toBe('answers');
    const old = oldOf(points);
    expect(old[0]!.accuracy).toBe(1);
    expect(old.at(-1)!.accuracy).toBeLessThan(0.9);
    expect(old[0]!.examples).toBe(200);
  });

  it('is gone with another data set, and of no use to a run from scratch', { timeout: 60_000 }, async () => {
    const model = await studio.model(DIGITS);
    takeProbes(studio, 'another', await ownDigits(), model);
    expect((await run({ epochs: 1 })).status.probes).toBeUndefined();
    takeProbes(studio, studio.dataset!.id, await ownDigits(), model);
    expect((await run({ epochs: 1, start: 'scratch' })).status.probes).toBeUndefined();
    studio.own = undefined;
  });

  it('of the wrong kind is refused, and what was there stays', async () => {
    const rows = ['text,label', ...Array.from({ length: 12 }, (_, i) => `the ${i}th sentence of them,${i % 2}`)];
    const files = [{ path: 'texts.csv', file: new Blob([rows.join('\n')]) }];
    await expect(openProbes(studio, { files, model: DIGITS })).rejects.toMatchObject({
      problem: { code: 'probes-unfit', values: { data: 'text' } },
    });
    expect(studio.own).toBeUndefined();
    const taken = await openProbes(studio, { files, model: MINILM });
    expect(taken).toMatchObject({ name: 'texts', count: 12, data: 'text', of: studio.dataset!.id });
    studio.own = undefined;
  });

  it('is scored like the probes of a model without a head, or of one that writes', { timeout: 60_000 }, async () => {
    const minilm = await studio.model(MINILM);
    const texts = await labelled(Array.from({ length: 300 }, (_, i) => [`sentence ${i}`, String(i % 3)] as const));
    const near = ownProbes(texts, 'neighbours', minilm, 1);
    expect(near).toMatchObject({ kind: 'neighbours', count: 200 });
    const gpt = await studio.model({ kind: 'shipped', id: 'tiny-gpt' });
    const prose = await readFile(new URL('../../public/models/tiny-gpt/heldout.txt', import.meta.url), 'utf8');
    const shipped = (await loadProbes(gpt, 'http://site/', serve))!;
    const own = ownProbes(await labelled([[prose, 'a']]), 'text', gpt, 1);
    expect(own.count).toBe(Math.min(100, shipped.count));
    expect(await own.batches(8)).toEqual(await shipped.batches(8));
    const few = await labelled([['a', 'b']]);
    expect(() => takeProbes(studio, 'data', few, gpt)).toThrow(
      expect.objectContaining({ problem: expect.objectContaining({ code: 'probes-few' }) }),
    );
  });
});

it('probes are drawn by the seed, and the first of them hold each class by its share', () => {
  const labels = Int32Array.from({ length: 400 }, (_, i) => (i < 300 ? 0 : 1));
  for (const count of [8, 40, 200]) {
    const first = drawn(labels, 5).slice(0, count);
    expect(first.filter((id) => labels[id] === 1)).toHaveLength(count / 4);
    expect(new Set(first).size).toBe(count);
  }
  expect(drawn(labels, 5)).toEqual(drawn(labels, 5));
  expect(drawn(labels, 5)).not.toEqual(drawn(labels, 6));
});
