import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { Network } from '../nn/network.ts';
import type { WorkerEvent } from '../protocol/messages.ts';
import { defaultsOf } from '../protocol/options.ts';
import type { RunSettings, StepMetrics } from '../protocol/run.ts';
import { defaultSettings } from '../protocol/settings.ts';
import { learningRateOf, methodDefaults } from '../session/defaults.ts';
import { TASK_METAS } from '../tasks/metas.ts';
import { loadProbes } from './old-task-probes.ts';
import { scoreAnswers } from './old-task-scores.ts';
import { planRun, startingValues } from './plan.ts';
import type { Studio } from './studio.ts';
import { pictures } from './testing/pictures.ts';
import { LABELLED, PAIRS, sample, serve, studioWith } from './testing/texts.ts';
import { figures } from './testing.ts';
import { startRun } from './training.ts';

const events: WorkerEvent[] = [];
let studio: Studio;
/** One that knows no model yet. */
async function anew(): Promise<void> {
  studio = studioWith(undefined, (event) => void events.push(event));
  await studio.chooseBackend('wasm');
}
beforeAll(anew);

const DIGITS = { kind: 'shipped', id: 'digits-cnn' } as const;
const digits = () => pictures('digits-5-9.zip', { inputs: [{ kind: 'image', size: 28, channels: 1 }] });

/** The settings that the page begins with, but for these. */
const asked = (patch: Partial<RunSettings>): RunSettings => ({
  ...defaultSettings(),
  model: DIGITS,
  method: { id: 'full', options: {} },
  task: {},
  ...patch,
});

async function pointsOf(settings: RunSettings): Promise<StepMetrics[]> {
  events.length = 0;
  await startRun(studio, 'run', settings);
  return events.flatMap((event) => (event.kind === 'metrics' ? event.points : []));
}
const oldOf = (points: readonly StepMetrics[]) => points.filter(({ split }) => split === 'old');

describe('digits', () => {
  it('are forgotten as others are learned, within seconds', { timeout: 120_000 }, async () => {
    studio.dataset = await digits();
    const forgetful = { learningRate: 0.025, batchSize: 8, epochs: 4 };
    const points = await pointsOf(asked(forgetful));
    const old = oldOf(points);
    expect(old.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3, 4]);
    expect(old[0]!.accuracy).toBeGreaterThan(0.9);
    expect(old.at(-1)!.accuracy).toBeLessThan(0.2);
    const fresh = points.filter(({ split }) => split === 'validation');
    expect(fresh.at(-1)!.accuracy).toBeGreaterThan(0.8);
  });

  it('are not forgotten at all where the head alone trains', { timeout: 60_000 }, async () => {
    studio.dataset = await digits();
    const old = oldOf(await pointsOf(asked({ method: { id: 'head', options: {} }, epochs: 4, learningRate: 1e-2 })));
    expect(old).toHaveLength(5);
    for (const { loss, accuracy } of old)
      expect({ loss, accuracy }).toEqual({ loss: old[0]!.loss, accuracy: old[0]!.accuracy });
  });

  it('are looked at once where nothing that they are read by moves, for all runs that move as little', {
    timeout: 60_000,
  }, async () => {
    await anew();
    studio.dataset = await digits();
    const settings = asked({ method: { id: 'head', options: {} }, epochs: 2, learningRate: 1e-2 });
    const body = vi.spyOn(Network.prototype, 'until');
    const head = vi.spyOn(Network.prototype, 'logits');
    // of examples that are not kept
    const through = () => body.mock.calls.filter(([, { kind }]) => kind === 'arrays').length;
    const first = oldOf(await pointsOf(settings));
    expect(first.map(({ epoch }) => epoch)).toEqual([0, 1, 2]);
    const batches = Math.ceil(first[0]!.examples / 32);
    expect(head).toHaveBeenCalledTimes(batches);
    const before = through();
    const second = oldOf(await pointsOf({ ...settings, learningRate: 3e-3 }));
    expect(through()).toBe(before);
    expect(head).toHaveBeenCalledTimes(batches);
    expect(figures(second)).toEqual(figures(first));
    // as many probes as there are, which are more, go through anew
    const more = oldOf(await pointsOf({ ...settings, oldTask: { watch: true, every: 2 } }));
    expect(more[0]!.examples).toBe(200);
    expect(through()).toBe(before + Math.ceil(200 / 32));
    // where something moves they are looked at each time
    head.mockClear();
    const full = oldOf(await pointsOf({ ...settings, method: { id: 'full', options: {} }, learningRate: 1e-3 }));
    expect(head).toHaveBeenCalledTimes(3 * Math.ceil(full[0]!.examples / 32));
    vi.restoreAllMocks();
  });

  it('go through what is frozen once for all runs that share it, where what is behind moves', {
    timeout: 60_000,
  }, async () => {
    studio.dataset = await digits();
    const settings = asked({ method: { id: 'last-n', options: { stages: 2 } }, epochs: 2, learningRate: 1e-2 });
    const body = vi.spyOn(Network.prototype, 'until');
    const through = () => body.mock.calls.filter(([, { kind }]) => kind === 'arrays').length;
    const first = oldOf(await pointsOf(settings));
    const before = through();
    expect(before).toBeGreaterThan(0);
    const second = oldOf(await pointsOf(settings));
    expect(through()).toBe(before);
    expect(figures(second)).toEqual(figures(first));
    expect(first.at(-1)!.loss).not.toBe(first[0]!.loss);
    vi.restoreAllMocks();
  });

  it('are looked at without a change of the run', { timeout: 120_000 }, async () => {
    studio.dataset = await digits();
    const settings = asked({ epochs: 2, augmentation: { ...defaultSettings().augmentation, rotate: 20 } });
    const watched = await pointsOf(settings);
    const alone = await pointsOf({ ...settings, oldTask: { watch: false, every: 0 } });
    expect(oldOf(alone)).toEqual([]);
    expect(figures(watched.filter(({ split }) => split !== 'old'))).toEqual(figures(alone));
  });

  it('all at once, by what the model came with, are what its card says', async () => {
    const model = await studio.model(DIGITS);
    const probes = (await loadProbes(model, 'http://site/', serve))!;
    expect(probes.count).toBe(200);
    const plan = planRun(model, model.labels, { method: { id: 'full', options: {} }, task: {} });
    const network = new Network(plan.architecture, startingValues(model, plan, 0));
    let right = 0;
    for (const { ids, inputs } of await probes.batches(probes.count)) {
      const logits = await network.logits({ kind: 'arrays', batch: inputs });
      const labels = ids.map((id) => probes.labels![id]!);
      right += Math.round(scoreAnswers(logits, labels).accuracy * ids.length);
    }
    network.dispose();
    const card = await readFile(new URL('../../public/models/digits-cnn/README.md', import.meta.url), 'utf8');
    expect(card).toContain(`${right} of ${probes.count}`);
  });
});

describe('agreement with the original', () => {
  it('of texts begins whole, stays so under a new head, and goes when all is trained', {
    timeout: 240_000,
  }, async () => {
    studio.dataset = await sample('topics.csv', LABELLED, 20);
    const text = {
      model: { kind: 'shipped', id: 'minilm-l6' } as const,
      task: defaultsOf(TASK_METAS['text-classification'].options),
    };
    const head = oldOf(await pointsOf(asked({ ...text, method: methodDefaults('head'), epochs: 2 })));
    expect(head.map(({ accuracy, loss }) => [accuracy, loss])).toEqual(Array(3).fill([1, 0]));
    // nothing goes through the body for that but the run's own examples, which are kept from before
    const body = vi.spyOn(Network.prototype, 'until');
    await pointsOf(asked({ ...text, method: methodDefaults('head'), epochs: 2, learningRate: 3e-3 }));
    expect(body.mock.calls.filter(([, { kind }]) => kind === 'arrays')).toEqual([]);
    vi.restoreAllMocks();
    const full = oldOf(
      await pointsOf(asked({ ...text, epochs: 1, method: methodDefaults('full'), learningRate: 1e-3 })),
    );
    expect(full[0]!.accuracy).toBe(1);
    expect(full[0]!.loss).toBeLessThan(1e-5);
    expect(full.at(-1)!.accuracy).toBeLessThan(0.9);
  });

  it('of pictures begins whole, and goes when all is trained', { timeout: 240_000 }, async () => {
    const inputs = [{ kind: 'image', size: 224, channels: 3 }] as const;
    studio.dataset = await pictures('drawings.zip', { inputs, split: { validation: 0.03, test: 0.9, seed: 1 } });
    const picture = { model: { kind: 'shipped', id: 'efficientnet-lite0' } as const, epochs: 1 };
    const old = oldOf(await pointsOf(asked({ ...picture, method: methodDefaults('full'), learningRate: 3e-3 })));
    expect(old[0]!.accuracy).toBe(1);
    expect(old.at(-1)!.accuracy).toBeLessThan(1);
  });
});

describe('held-out text', () => {
  it('takes the bits that the card says, and more once the model learned to answer', { timeout: 240_000 }, async () => {
    studio.dataset = await sample('answers.jsonl', PAIRS, 5);
    const settings = asked({
      model: { kind: 'shipped', id: 'tiny-gpt' },
      method: methodDefaults('full'),
      task: { ...defaultsOf(TASK_METAS['text-generation'].options), maxLength: 64 },
      epochs: 2,
      learningRate: learningRateOf('full', 'text-generation'),
      oldTask: { watch: true, every: 2 },
    });
    const old = oldOf(await pointsOf(settings));
    expect(old.map(({ epoch }) => epoch)).toEqual([0, 2]);
    const bits = old.map(({ loss }) => loss / Math.LN2);
    const card = await readFile(new URL('../../public/models/tiny-gpt/README.md', import.meta.url), 'utf8');
    const [, said] = /26,772 bytes of it: ([\d.]+) bits per byte/.exec(card)!;
    expect(bits[0]).toBeCloseTo(Number(said), 3);
    expect(bits[1]! - bits[0]!).toBeGreaterThan(0.05);
  });
});
