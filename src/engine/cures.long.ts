import { beforeAll, describe, expect, it } from 'vitest';
import type { WorkerEvent } from '../protocol/messages.ts';
import type { Cures, RunSettings, StepMetrics } from '../protocol/run.ts';
import { defaultSettings } from '../protocol/settings.ts';
import type { Studio } from './studio.ts';
import { pictures } from './testing/pictures.ts';
import { studioWith } from './testing/texts.ts';
import { settings } from './testing.ts';
import { startRun } from './training.ts';

/**
 * The model that learned 0 to 4 learns the shipped digits 5 to 9, every weight of it: what is left of 0 to 4, by the probes
 * through its own head, and what it comes to on 5 to 9, by validation. One split, one seed; `docs/cures.md` has the figures.
 */
const HARSH = settings({
  epochs: 10,
  batchSize: 8,
  learningRate: 0.02,
  schedule: 'cosine',
  seed: 42,
  oldTask: { watch: true, every: 10 },
});
const { cures: OFF } = defaultSettings();

let studio: Studio;
const events: WorkerEvent[] = [];
beforeAll(async () => {
  studio = studioWith(undefined, (event) => void events.push(event));
  await studio.chooseBackend('wasm');
  studio.dataset = await pictures('digits-5-9.zip', { inputs: [{ kind: 'image', size: 28, channels: 1 }] });
});

/** Accuracy on the old digits before and after, and on the new ones. */
async function learn(patch: Partial<RunSettings>): Promise<{ before: number; old: number; now: number }> {
  events.length = 0;
  const started = process.cpuUsage();
  const status = await startRun(studio, crypto.randomUUID(), { ...HARSH, ...patch });
  expect(status).toMatchObject({ phase: 'done', finish: 'completed' });
  const points = events.flatMap((event) => (event.kind === 'metrics' ? event.points : []));
  const of = (split: StepMetrics['split']) => points.filter((point) => point.split === split);
  const [before, old, now] = [of('old')[0]!, of('old').at(-1)!, of('validation').at(-1)!].map((at) => at.accuracy);
  const { user, system } = process.cpuUsage(started);
  const seconds = ((user + system) / 1e6).toFixed(0);
  const figures = `${before} -> ${old} on 0 to 4, ${now} on 5 to 9, ${seconds} s of processor time`;
  process.stdout.write(`${JSON.stringify(patch)}: ${figures}\n`);
  return { before: before!, old: old!, now: now! };
}
const curedBy = (cures: Partial<Cures>) => learn({ cures: { ...OFF, ...cures } });

describe('forgetting of 0 to 4, and its cures', () => {
  it('is nearly all without a cure', async () => {
    const { before, old, now } = await learn({});
    expect(before).toBeGreaterThan(0.9);
    expect(old).toBeLessThan(0.2);
    expect(now).toBeGreaterThan(0.8);
  });

  it.each([{ replay: 0.3 }, { l2sp: 0.3 }, { ewc: 1e6 }, { lwf: 3 }])('is little with %o', async (cure) => {
    const { old, now } = await curedBy(cure);
    expect(old).toBeGreaterThan(0.8);
    expect(now).toBeGreaterThan(0.8);
  });

  it('is little with LoRA or a smaller learning rate, none where the head alone moves; freezing most stages does not help', async () => {
    const lora = { id: 'lora', options: { rank: 8, alpha: 16, loraDropout: 0, modules: [] } };
    for (const patch of [{ method: lora, learningRate: 3e-3 }, { learningRate: 1e-3 }]) {
      const { old, now } = await learn(patch);
      expect(old).toBeGreaterThan(0.8);
      expect(now).toBeGreaterThan(0.8);
    }
    const head = await learn({ method: { id: 'head', options: {} } });
    expect(head.old).toBe(head.before);
    const lastTwo = await learn({ method: { id: 'last-n', options: { stages: 2 } } });
    expect(lastTwo.old).toBeLessThan(0.5);
  });
});
