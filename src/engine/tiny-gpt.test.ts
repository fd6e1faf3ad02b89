import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { likeliest } from '../lib/sampling.ts';
import { generate, Reader } from '../nn/generate.ts';
import type { WorkerEvent } from '../protocol/messages.ts';
import { defaultsOf } from '../protocol/options.ts';
import { TASK_METAS } from '../tasks/metas.ts';
import type { TextProcessor } from '../tasks/processor.ts';
import { Studio } from './studio.ts';
import { PAIRS, sample, serve } from './testing/texts.ts';
import { settings } from './testing.ts';
import { startRun } from './training.ts';

/** What `transformers` writes greedily after the end token and a prompt (`scripts/models/generation_fixtures.py`). */
const texts: { prompt: string; ids: number[]; written: number[]; text: string }[] = JSON.parse(
  await readFile(new URL('./fixtures/tiny-gpt-written.json', import.meta.url), 'utf8'),
);

const events: WorkerEvent[] = [];
const studio = new Studio('http://site/', (event) => void events.push(event));
const ref = { kind: 'shipped', id: 'tiny-gpt' } as const;
const task = defaultsOf(TASK_METAS['text-generation'].options);

beforeAll(async () => {
  globalThis.fetch = (url) => serve(String(url));
  await studio.chooseBackend('wasm');
});

describe('the shipped tiny-gpt', () => {
  it.each(texts)(
    'goes on from "$prompt" as transformers does',
    { timeout: 60_000 },
    async ({ prompt, ids, written, text }) => {
      const model = await studio.model(ref);
      const processor = model.processor as TextProcessor;
      const end = processor.tokenizer.special.eos!;
      expect([end, ...processor.tokenizer.encode(prompt, { special: false }).ids]).toEqual(ids);
      const network = studio.networks.pretrained(model, task);
      const reader = new Reader(() => network);
      const ours: number[] = [];
      const course = { prompt: ids, most: written.length, context: processor.maxLength, ends: new Set([end]) };
      for await (const id of generate(reader, { ...course, draw: likeliest })) ours.push(id);
      reader.dispose();
      expect(ours).toEqual(written.filter((id) => id !== end));
      expect(processor.tokenizer.decode(ours)).toBe(text);
    },
  );

  it('learns to answer: ten steps lower the loss, and what it says changes', { timeout: 120_000 }, async () => {
    studio.dataset = await sample('answers.jsonl', PAIRS, 5);
    const train = studio.needDataset().ids('train').length;
    const run = settings({
      model: ref,
      method: { id: 'full', options: {} },
      task: { ...task, maxLength: 64 },
      epochs: 1,
      batchSize: Math.floor(train / 10),
      learningRate: TASK_METAS['text-generation'].learningRates.full,
    });
    const { phase, step } = await startRun(studio, 'run', run);
    expect([phase, Math.floor(step / 10)]).toEqual(['done', 1]);
    const points = events.flatMap((event) => (event.kind === 'metrics' ? event.points : []));
    const losses = points.filter(({ split }) => split === 'validation').map(({ loss }) => loss);
    expect(losses.at(-1)).toBeLessThan(losses[0]! - 0.3);
    const [before, after] = studio.run('run').samples;
    expect(after!.text).not.toBe(before!.text);
    expect(after!.prompt).toBe(before!.prompt);
  });
});
