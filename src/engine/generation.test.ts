import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { OpenedTexts } from '../data/text-dataset.ts';
import { profile } from '../nn/profile.ts';
import { initial } from '../nn/weights.ts';
import type { CommandOf, WorkerEvent } from '../protocol/messages.ts';
import { defaultsOf } from '../protocol/options.ts';
import type { GenerationEvaluation } from '../protocol/result.ts';
import type { RunSettings } from '../protocol/run.ts';
import { DEFAULT_SAMPLING } from '../protocol/text.ts';
import { TASK_METAS } from '../tasks/metas.ts';
import { inputOf, processorOf } from '../tasks/processor.ts';
import { evaluateRun } from './answers.ts';
import { evaluateBase } from './base.ts';
import { WRITTEN } from './evaluate-writing.ts';
import { exportRun } from './export-run.ts';
import { generateText } from './generate.ts';
import { architectureOf, type LoadedModel } from './model.ts';
import { Studio } from './studio.ts';
import { answered, PAIRS, sample, serve } from './testing/texts.ts';
import { settings } from './testing.ts';
import { startRun } from './training.ts';

const events: WorkerEvent[] = [];
const of = <K extends WorkerEvent['kind']>(kind: K) =>
  events.filter((event): event is Extract<WorkerEvent, { kind: K }> => event.kind === kind);
let heard = (_: WorkerEvent): void => {};
const studio = new Studio('http://site/', (event) => {
  events.push(event);
  heard(event);
});

/** Under 50,000 weights, drawn from a seed, with the tokenizer that the site ships. */
async function smallModel(): Promise<LoadedModel> {
  const text = async (file: string) => (await serve(`http://site/models/tiny-gpt/${file}`)).text();
  const processorFiles = {
    'tokenizer.json': await text('tokenizer.json'),
    'tokenizer_config.json': await text('tokenizer_config.json'),
  };
  const processor = processorOf('text', processorFiles, 'small', 64);
  const input = inputOf(processor);
  if (input.kind !== 'text') throw new Error('no text');
  const config = {
    architecture: 'gpt2',
    num_labels: 1,
    vocab_size: input.vocabulary,
    n_positions: 64,
    n_embd: 16,
    n_layer: 2,
    n_head: 2,
    embd_pdrop: 0,
    attn_pdrop: 0,
    resid_pdrop: 0,
  };
  const { weights } = profile(architectureOf(config));
  const file = new Map(
    [...weights].map(([name, spec]) => [name, { shape: spec.shape, data: initial(name, spec, 7) }] as const),
  );
  const ref = { kind: 'shipped', id: 'small' } as const;
  const summary = { ref, name: 'small', architecture: 'gpt2', task: 'text-generation', input, labels: [] } as const;
  return {
    summary: { ...summary, parameters: 40_000, cached: true },
    config,
    processor,
    processorFiles,
    labels: [],
    file,
    origin: { id: 'small', licence: '', sha256: '' },
  };
}

const task = { ...defaultsOf(TASK_METAS['text-generation'].options), maxLength: 48 };
const full: RunSettings = settings({
  model: { kind: 'shipped', id: 'small' },
  method: { id: 'full', options: {} },
  task,
  epochs: 3,
  batchSize: 16,
  learningRate: 3e-2,
});
const question = (patch: Partial<CommandOf<'generate'>> = {}): CommandOf<'generate'> => ({
  kind: 'generate',
  run: 'run',
  which: 'tuned',
  prompt: { kind: 'text', text: 'What is a house?' },
  sampling: { ...DEFAULT_SAMPLING, maxTokens: 12 },
  stream: 'a',
  ...patch,
});

beforeAll(async () => {
  globalThis.fetch = (url) => serve(String(url));
  await studio.chooseBackend('wasm');
  studio.models.add(await smallModel());
  studio.dataset = await sample('answers.jsonl', PAIRS, 9);
  await startRun(studio, 'run', full);
}, 120_000);
afterEach(() => {
  heard = () => {};
  events.length = 0;
});

describe('a run of a model that writes', () => {
  it('lowers the loss on held-out answers, and says something else at each validation to one prompt', () => {
    const run = studio.run('run');
    expect(run.status).toMatchObject({ phase: 'done', finish: 'completed' });
    const validation = of('metrics')
      .flatMap(({ points }) => points)
      .filter(({ split }) => split === 'validation');
    expect(validation).toHaveLength(4);
    // even odds over 2,048 tokens
    expect(validation[0]!.loss).toBeCloseTo(Math.log(2048), 0);
    expect(validation.at(-1)!.loss).toBeLessThan(validation[0]!.loss - 0.7);
    const samples = of('sample').map((event) => event.sample);
    expect(samples).toEqual(run.samples);
    expect(samples.map(({ step }) => step)).toEqual(validation.map(({ step }) => step));
    const prompts = new Set(samples.map(({ prompt }) => prompt));
    expect([...prompts]).toEqual([expect.stringMatching(/^What is .*\?$/)]);
    expect(samples.at(-1)!.text).not.toBe(samples[0]!.text);
  });

  it('answers what the settings ask, where they ask', async () => {
    await startRun(studio, 'asked', { ...full, epochs: 1, task: { ...task, samplePrompt: 'Who goes there?' } });
    const prompts = of('sample').map(({ sample: { prompt } }) => prompt);
    expect(prompts).toEqual(['Who goes there?', 'Who goes there?']);
  });

  it('says that nothing can be learned where prompts leave no room for answers', async () => {
    const status = await startRun(studio, 'cut', { ...full, task: { ...task, template: 'alpaca', maxLength: 8 } });
    expect(status).toMatchObject({ phase: 'failed', problem: { code: 'answers-cut', values: { most: 8 } } });
  });
}, 60_000);

describe('the test set', () => {
  it('says how likely the answers are and how the model answers itself, tuned and as it was', async () => {
    const tuned = (await evaluateRun(studio, 'run')) as GenerationEvaluation;
    const base = (await evaluateBase(studio, 'run')) as GenerationEvaluation;
    const { test } = studio.run('run').data!.ids;
    for (const one of [tuned, base]) {
      expect(one).toMatchObject({ run: 'run', split: 'test', examples: test.length });
      expect(one.answers.map(({ id }) => id)).toEqual(test);
      expect(one.written).toBe(Math.min(WRITTEN, test.length));
      const sum = (of: (answer: (typeof one.answers)[number]) => number) => one.answers.reduce((n, a) => n + of(a), 0);
      expect(one.tokens).toBe(sum(({ tokens }) => tokens));
      expect(one.loss).toBeCloseTo(sum(({ loss }) => loss) / one.tokens, 6);
      expect(one.perplexity).toBeCloseTo(Math.exp(one.loss), 3);
      expect(one.tokenAccuracy).toBeCloseTo(sum(({ correct }) => correct) / one.tokens, 6);
      expect(one.chrf).toBeGreaterThanOrEqual(0);
    }
    expect(tuned.tokens).toBe(base.tokens);
    expect(tuned.loss).toBeLessThan(base.loss - 0.7);
    const [first] = tuned.answers.filter(({ written }) => written !== undefined);
    expect(first).toMatchObject({ prompt: expect.stringMatching(/^What is/), expected: expect.stringMatching(/^A/) });
    expect(await evaluateBase(studio, 'run')).toBe(base);
    expect(studio.run('run').generation).toBe(tuned);
  }, 120_000);
});

describe('a test set of which no answer is left', () => {
  /** Short prompts to train and validate on; those of the test set fill what is taken of each. */
  async function cutAway(): Promise<OpenedTexts> {
    const rows = (test: ReadonlySet<number>) =>
      Array.from({ length: 20 }, (_, i) => [`${i}${test.has(i) ? ' and on'.repeat(9) : ''}?`, 'yes'] as const);
    // where a row goes depends on its place alone
    const test = (await answered(rows(new Set()))).view().ids('test');
    return answered(rows(new Set(test)));
  }

  it('is not judged, and the model is taken home all the same', async () => {
    const own = new Studio('http://site/', () => {});
    await own.chooseBackend('wasm');
    own.models.add(await smallModel());
    own.dataset = await cutAway();
    const short = { ...full, epochs: 1, task: { ...task, template: 'plain', maxLength: 8 } };
    expect(await startRun(own, 'run', short)).toMatchObject({ phase: 'done' });
    await expect(evaluateRun(own, 'run')).rejects.toMatchObject({
      problem: { code: 'answers-cut', values: { most: 8, reason: 'test' } },
    });
    const { blob, card } = await exportRun(own, 'run', [], 'short');
    expect(blob.size).toBeGreaterThan(100_000);
    expect(card).toContain('Perplexity on the test set: not measured.');
  });
});

describe('a text that is asked for', () => {
  it('is streamed as it grows, and repeats from its seed', async () => {
    const written = await generateText(studio, question());
    expect(written).toMatchObject({ promptTokens: expect.any(Number) });
    expect(written.tokens).toBeGreaterThan(0);
    expect(['end', 'length']).toContain(written.finish);
    const texts = of('generated');
    expect(texts.length).toBeGreaterThan(0);
    for (const { stream, text } of texts) {
      expect(stream).toBe('a');
      expect(written.text.startsWith(text)).toBe(true);
    }
    expect((await generateText(studio, question())).text).toBe(written.text);
    const otherwise = { ...DEFAULT_SAMPLING, maxTokens: 12, seed: 7, temperature: 2 };
    expect((await generateText(studio, question({ sampling: otherwise }))).text).not.toBe(written.text);
  });

  it('is what the sample of a validation was, greedily and to the same prompt', async () => {
    const { prompt, text } = studio.run('run').samples.at(-1)!;
    const greedy = { ...DEFAULT_SAMPLING, maxTokens: 40, temperature: 0 };
    const again = await generateText(studio, question({ prompt: { kind: 'text', text: prompt }, sampling: greedy }));
    // a sample may be shorter: it ends where the answer is wrong already
    expect(again.text.startsWith(text)).toBe(true);
    const before = await generateText(
      studio,
      question({ which: 'base', prompt: { kind: 'text', text: prompt }, sampling: greedy }),
    );
    expect(before.text.startsWith(studio.run('run').samples[0]!.text)).toBe(true);
  });

  it('ends when somebody says so, on one side while the other goes on', async () => {
    const long = { ...DEFAULT_SAMPLING, maxTokens: 45, temperature: 3 };
    heard = (event) => {
      if (event.kind === 'generated' && event.stream === 'tuned') void studio.streams.stop('tuned');
    };
    const tuned = generateText(studio, question({ sampling: long, stream: 'tuned' }));
    const base = generateText(studio, question({ which: 'base', sampling: long, stream: 'base' }));
    const [stopped, other] = await Promise.all([tuned, base]);
    expect(stopped.finish).toBe('cancelled');
    expect(stopped.tokens).toBeLessThan(other.tokens);
    expect(other.finish).not.toBe('cancelled');
  });

  it('ends before the text to stop at, and where no room is left', async () => {
    const wild = { ...DEFAULT_SAMPLING, maxTokens: 200, temperature: 5 };
    const free = await generateText(studio, question({ sampling: wild }));
    expect(free.finish).toBe('context');
    expect(free.promptTokens + free.tokens).toBe(65);
    const stop = free.text.slice(10, 13);
    const cut = await generateText(studio, question({ sampling: { ...wild, stop } }));
    expect(cut).toMatchObject({ finish: 'stop', text: free.text.slice(0, free.text.indexOf(stop)) });
  });

  it('goes on from a conversation and from an example', async () => {
    const { dataset, ids } = studio.run('run').data!;
    const greedy = { ...DEFAULT_SAMPLING, maxTokens: 8, temperature: 0 };
    const example = await generateText(
      studio,
      question({ prompt: { kind: 'example', id: ids.test[0]! }, sampling: greedy }),
    );
    const row = dataset.kind === 'text' ? dataset.example(ids.test[0]!) : undefined;
    if (!row || !('messages' in row)) throw new Error('no messages');
    const asked = row.messages.slice(0, -1);
    const chat = await generateText(
      studio,
      question({ prompt: { kind: 'messages', messages: asked }, sampling: greedy }),
    );
    expect(chat).toMatchObject({ text: example.text, promptTokens: example.promptTokens });
  });

  it('is refused where the prompt is longer than the model takes', async () => {
    const prompt = { kind: 'text', text: 'What is it? '.repeat(60) } as const;
    await expect(generateText(studio, question({ prompt }))).rejects.toMatchObject({
      problem: { code: 'prompt-too-long', values: { most: 64 } },
    });
  });

  it('is written while another run trains', async () => {
    const training = startRun(studio, 'beside', { ...full, epochs: 1 });
    const written = await generateText(studio, question());
    expect(written.tokens).toBeGreaterThan(0);
    expect((await training).phase).toBe('done');
  });
}, 60_000);
