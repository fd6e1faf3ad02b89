import { beforeAll, describe, expect, it } from 'vitest';
import { defaultsOf } from '../protocol/options.ts';
import type { TextMapping } from '../protocol/text.ts';
import { TASK_METAS } from '../tasks/metas.ts';
import type { Studio } from './studio.ts';
import { LABELLED, PAIRS, sample, studioWith } from './testing/texts.ts';
import { settings as settingsOf } from './testing.ts';
import { textFit } from './text-fit.ts';
import { startRun } from './training.ts';

const CASES = [
  { id: 'tiny-gpt', task: 'text-generation', method: 'full', file: 'answers.jsonl', mapping: PAIRS, every: 12 },
  { id: 'minilm-l6', task: 'text-classification', method: 'last-n', file: 'topics.csv', mapping: LABELLED, every: 24 },
] as const satisfies readonly { mapping: TextMapping; [name: string]: unknown }[];

/** What a plan says that a run takes, beside what the run took: real models and texts, far shorter than they may be. */
describe.each(CASES)('memory of $id with $method on $file', ({ id, task, method, file, mapping, every }) => {
  const settings = settingsOf({
    model: { kind: 'shipped', id },
    method: { id: method, options: method === 'last-n' ? { stages: 3 } : {} },
    task: defaultsOf(TASK_METAS[task].options),
    epochs: 1,
    batchSize: 16,
  });
  let studio: Studio;
  beforeAll(async () => {
    studio = studioWith(await sample(file, mapping, every));
    await studio.chooseBackend('wasm');
  });
  const plan = async () => (await studio.plan(settings)).plans.find((one) => one.method === method)!;

  it('is estimated from the lengths of the texts once they are known', async () => {
    const blind = await plan();
    await textFit(studio, settings.model, settings.task);
    const seeing = await plan();
    const { peakBytes, cache } = await startRun(studio, 'run', settings);
    const mb = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
    // biome-ignore lint/suspicious/noConsole: both numbers are what the test is about
    console.log(
      `${id}, ${method}: estimated ${mb(seeing.memoryBytes)}, at its peak ${mb(peakBytes)}; ${mb(blind.memoryBytes)} by the longest that may be. ` +
        `Cache: estimated ${mb(seeing.cacheBytes)}, it took ${mb(cache.bytes)}; ${mb(blind.cacheBytes)} by the longest.`,
    );
    expect(seeing.memoryBytes / peakBytes).toBeGreaterThan(0.85);
    expect(seeing.memoryBytes / peakBytes).toBeLessThan(1.15);
    // the texts are far shorter than they may be
    expect(blind.memoryBytes / seeing.memoryBytes).toBeGreaterThan(1.5);
    if (cache.bytes > 0) expect(seeing.cacheBytes / cache.bytes).toBeCloseTo(1, 1);
  }, 120_000);
});
