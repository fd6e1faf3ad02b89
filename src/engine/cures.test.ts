import { beforeAll, describe, expect, it } from 'vitest';
import { CURE_METAS } from '../cures/metas.ts';
import { drawn, oldBeside } from '../cures/replay/engine.ts';
import { rowsOf } from '../cures/replay/rows.ts';
import { fixedTexts } from '../data/fixed-examples.ts';
import type { ImageDataset } from '../data/image-dataset.ts';
import { startBackend } from '../nn/backends/index.ts';
import { fisherDiagonal } from '../nn/fisher.ts';
import { tensorCount } from '../nn/memory.ts';
import type { BackendInfo } from '../protocol/backend.ts';
import { defaultsOf } from '../protocol/options.ts';
import { CURES, type CureId, type Cures, type RunSettings } from '../protocol/run.ts';
import { CURE_OPTIONS, defaultSettings } from '../protocol/settings.ts';
import { TASK_METAS } from '../tasks/metas.ts';
import { checkCures, cureTerms } from './cures.ts';
import { sourceOf } from './examples.ts';
import { learnerOf } from './learner.ts';
import { type LoadedModel, loadShipped } from './model.ts';
import { oldExamples, replaySetOf } from './old-examples.ts';
import { planRun } from './plan.ts';
import { cachePrefix } from './prefix.ts';
import { pictures } from './testing/pictures.ts';
import { serve } from './testing/texts.ts';
import { figures, runToEnd, settings } from './testing.ts';

let model: LoadedModel;
let some: { dataset: ImageDataset; ids: { train: readonly number[]; validation: readonly number[] } };
beforeAll(async () => {
  await startBackend('wasm');
  globalThis.fetch = (url) => serve(String(url));
  model = await loadShipped('digits-cnn', 'http://site/', () => {}, serve);
  const dataset = (await pictures('digits-5-9.zip', { inputs: [{ kind: 'image', size: 28, channels: 1 }] })).view();
  const few = (split: 'train' | 'validation', each: number) => dataset.ids(split).filter((_, i) => i % each === 0);
  some = { dataset, ids: { train: few('train', 35), validation: few('validation', 30) } };
});

const off: Cures = defaultSettings().cures;
const on = (id: CureId): Cures => ({ ...off, [id]: CURE_METAS[id].start });

/** A short run on a few digits; everything that can be repeated of it. `cached`: what is frozen in front is run once. */
async function run(patch: Partial<RunSettings>, cached = false) {
  const o = settings({ epochs: 1, batchSize: 8, learningRate: 1e-3, ...patch });
  const { dataset, ids } = some;
  const plan = planRun(model, dataset.classes, o);
  const source = sourceOf(dataset, model, {});
  const learner = learnerOf({ model, plan, settings: o });
  const data = { dataset, ids: { ...ids, test: [] } };
  learner.terms = await cureTerms({ model, plan, settings: o, data }, source, { root: 'http://site/', onDone() {} });
  const { network } = learner;
  const backend = { name: 'wasm', maxBufferBytes: 0 } as BackendInfo;
  const cache = cached
    ? await cachePrefix({ network, plan, source, ids, settings: o, backend, onProgress() {} })
    : undefined;
  expect(cache !== undefined).toBe(cached);
  const course = await runToEnd(o, learner, { source, ids, cache, classes: dataset.classes.length });
  const { weights } = await learner.read();
  cache?.dispose();
  learner.dispose();
  return { points: figures(course.points), weights };
}

const penalties = ({ points }: Awaited<ReturnType<typeof run>>) => points.flatMap(({ penalty }) => penalty ?? []);

describe('cures of forgetting', { timeout: 120_000 }, () => {
  it('are options of the run, each at nothing', () => {
    expect(CURE_OPTIONS.map(({ name }) => name)).toEqual(Object.keys(CURE_METAS));
    expect(Object.values(off)).toEqual(CURES.map(() => 0));
    for (const { name, max } of CURE_OPTIONS) expect(CURE_METAS[name].start).toBeLessThanOrEqual(max);
  });

  it.each(CURES)('%s changes the run, says what it adds, repeats from the seed and leaks nothing', async (id) => {
    const plain = await run({});
    const before = tensorCount();
    const first = await run({ cures: on(id) });
    expect(tensorCount()).toBe(before);
    expect(await run({ cures: on(id) })).toEqual(first);
    expect(first.weights).not.toEqual(plain.weights);
    expect(penalties(plain)).toEqual([]);
    const added = penalties(first);
    const steps = first.points.filter(({ split }) => split === 'train');
    expect(added).toHaveLength(steps.length);
    expect(Math.min(...added)).toBeGreaterThan(-1e-5);
    // what is drawn begins as it does without: the first step's loss is of the same weights
    expect(steps[0]!.loss).toBe(plain.points.find(({ split }) => split === 'train')!.loss);
    // nothing has moved yet: only old examples cost something
    if (id !== 'replay') expect(added[0]).toBeCloseTo(0, 4);
    expect(Math.max(...added)).toBeGreaterThan(0);
  });

  it('go together, with accumulation, batch statistics of none, and LoRA where answers are held', async () => {
    const together = await run({ cures: { replay: 0.5, l2sp: 0.1, ewc: 100, lwf: 1 }, accumulate: 2 });
    expect(penalties(together).length).toBeGreaterThan(0);
    const method = { id: 'lora', options: { rank: 4, alpha: 8, loraDropout: 0, modules: [] } };
    const lora = await run({ method, cures: { ...off, replay: 0.3, lwf: 1 }, learningRate: 1e-2 });
    expect(penalties(lora).at(-1)).toBeGreaterThan(0);
  });

  it('add the same where what is frozen in front is cached', async () => {
    const patch = {
      method: { id: 'last-n', options: { stages: 2 } },
      learningRate: 1e-2,
      cures: { replay: 0.3, l2sp: 0.1, ewc: 100, lwf: 1 },
    } as const;
    const [plain, cached] = [await run(patch), await run(patch, true)];
    const [expected, added] = [penalties(plain), penalties(cached)];
    expect(added).toHaveLength(expected.length);
    expect(expected.at(-1)).toBeGreaterThan(0.01);
    for (const [step, penalty] of expected.entries()) expect(added[step], `step ${step}`).toBeCloseTo(penalty, 3);
    expect(cached.points.at(-1)!.loss).toBeCloseTo(plain.points.at(-1)!.loss, 3);
  });

  it.each([
    ['strength', { cures: { ...off, lwf: -1 } }],
    ['strength', { cures: { ...off, replay: 0.9 } }],
    ['strength', { cures: { ...off, ewc: Number.NaN } }],
    [
      'idle',
      { cures: on('l2sp'), method: { id: 'lora', options: { rank: 2, alpha: 4, loraDropout: 0, modules: [] } } },
    ],
    ['idle', { cures: on('replay'), method: { id: 'head', options: {} } }],
    ['idle', { cures: on('ewc'), method: { id: 'head', options: {} } }],
    ['scratch', { cures: on('lwf'), start: 'scratch' }],
  ] as const)('refuse what cannot be: %s', (reason, patch) => {
    const o = settings(patch as Partial<RunSettings>);
    const plan = planRun(model, ['a', 'b'], o);
    expect(() => checkCures(model, plan, o)).toThrow(
      expect.objectContaining({
        problem: expect.objectContaining({ code: 'cure-unfit', values: expect.objectContaining({ reason }) }),
      }),
    );
  });

  it('refuse a model without a head, or without old examples; L2-SP needs neither', () => {
    const headless = {
      ...model,
      labels: [],
      summary: { ...model.summary, ref: { kind: 'imported', id: 'x' } },
    } as LoadedModel;
    const dropped = { ...headless, labels: model.labels };
    const reasonOf = (which: LoadedModel, id: CureId) => {
      const o = settings({ cures: on(id) });
      try {
        checkCures(which, planRun(which, ['a', 'b'], o), o);
        return undefined;
      } catch (error) {
        return (error as { problem: { values: { reason: string } } }).problem.values.reason;
      }
    };
    expect(CURES.map((id) => reasonOf(headless, id))).toEqual(['head', undefined, 'head', 'head']);
    expect(CURES.map((id) => reasonOf(dropped, id))).toEqual(['examples', undefined, undefined, undefined]);
    expect(CURES.map((id) => reasonOf(model, id))).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe('replay', { timeout: 60_000 }, () => {
  it('draws old examples from the seed, none twice in a batch, so many that they have their share', () => {
    expect([...drawn(200, 14, 42, 3, 0)]).toEqual([...drawn(200, 14, 42, 3, 0)]);
    expect(new Set(drawn(200, 14, 42, 3, 0)).size).toBe(14);
    expect([...drawn(200, 14, 42, 4, 0)]).not.toEqual([...drawn(200, 14, 42, 3, 0)]);
    expect([...drawn(200, 14, 42, 3, 1)]).not.toEqual([...drawn(200, 14, 42, 3, 0)]);
    expect(oldBeside(0.5, 16)).toBe(16);
    expect(oldBeside(0.3, 32)).toBe(14);
    expect(oldBeside(0.01, 8)).toBe(1);
  });

  it('has pictures of what the model learned, and of nothing else', async () => {
    const set = replaySetOf(model)!;
    const examples = await oldExamples(model, set, {}, 'http://site/', serve);
    expect(examples.count).toBe(set.count);
    const labels = examples.targets(Array.from({ length: set.count }, (_, i) => i)).labels!.data;
    expect([...new Set(labels)]).toEqual([0, 1, 2, 3, 4]);
  });

  it('takes rows out of all examples as a source would make them', async () => {
    const examples = await oldExamples(model, replaySetOf(model)!, {}, 'http://site/', serve);
    const rows = await rowsOf(examples);
    const places = [3, 150, 7];
    expect(rows.inputs(places)).toEqual(await examples.input(places));
    expect(rows.targets(places)).toEqual(examples.targets(places));
  });
});

describe('cures of a model that writes', { timeout: 120_000 }, () => {
  it('hold its answers token by token, and replay what it read', async () => {
    const gpt = await loadShipped('tiny-gpt', 'http://site/', () => {}, serve);
    const task = { ...defaultsOf(TASK_METAS['text-generation'].options), maxLength: 24 };
    const ref = { kind: 'shipped', id: 'tiny-gpt' } as const;
    const o = settings({ model: ref, task, batchSize: 2, cures: { replay: 0.5, l2sp: 1, ewc: 0, lwf: 1 } });
    const dataset = fixedTexts('new', ['What is a bed? A bed is a piece of furniture.', 'What is red? A colour.']);
    const source = sourceOf(dataset, gpt, task);
    const plan = planRun(gpt, dataset.classes, o);
    checkCures(gpt, plan, o);
    const before = tensorCount();
    const learner = learnerOf({ model: gpt, plan, settings: o });
    const data = { dataset, ids: { train: [0, 1], validation: [], test: [] } };
    learner.terms = await cureTerms({ model: gpt, plan, settings: o, data }, source, {
      root: 'http://site/',
      onDone() {},
    });
    const batch = async () => ({
      input: { kind: 'arrays', batch: await source.inputs([0, 1]) } as const,
      targets: source.targets([0, 1], { classes: 1, smoothing: 0 }).batch,
      count: 2,
    });
    const step = async (at: number) =>
      learner.step([await batch()], { step: at, learningRate: 1e-2, weightDecay: 0, momentum: 0 });
    const [first, second] = [await step(0), await step(1)];
    // replay alone costs something before anything has moved: nats of a token of English
    expect(first.penalty).toBeGreaterThan(2);
    expect(first.penalty).toBeLessThan(8);
    expect(second.penalty).not.toBe(first.penalty);
    const old = await oldExamples(gpt, replaySetOf(gpt)!, task, 'http://site/', serve);
    const examples = {
      count: 2,
      input: (place: number) => old.input([place]),
      targets: (place: number) => old.targets([place]),
    };
    for (const term of learner.terms) term.dispose();
    learner.terms = [];
    const fisher = await fisherDiagonal(learner, examples, 1);
    expect([...fisher.keys()]).toEqual([...learner.trainable]);
    expect(fisher.get('transformer.wte.weight')!.some((value) => value > 0)).toBe(true);
    learner.dispose();
    expect(tensorCount()).toBe(before);
  });
});
