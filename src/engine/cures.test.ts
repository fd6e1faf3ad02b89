import { beforeAll, describe, expect, it } from 'vitest';
import { CURE_METAS } from '../cures/metas.ts';
import { drawn, oldBeside } from '../cures/replay/engine.ts';
import { rowsOf } from '../cures/replay/rows.ts';
import { startBackend } from '../nn/backends/index.ts';
import { tensorCount } from '../nn/memory.ts';
import { CURES, type CureId, type Cures, type RunSettings } from '../protocol/run.ts';
import { CURE_OPTIONS, defaultSettings } from '../protocol/settings.ts';
import { checkCures, cureTerms } from './cures.ts';
import { sourceOf } from './examples.ts';
import { learnerOf } from './learner.ts';
import { type LoadedModel, loadShipped } from './model.ts';
import { oldExamples, replaySetOf } from './old-examples.ts';
import { planRun } from './plan.ts';
import { digits } from './testing/digits.ts';
import { serve } from './testing/texts.ts';
import { figures, runToEnd, settings } from './testing.ts';

let model: LoadedModel;
let some: Awaited<ReturnType<typeof digits>>;
beforeAll(async () => {
  await startBackend('wasm');
  globalThis.fetch = (url) => serve(String(url));
  model = await loadShipped('digits-cnn', 'http://site/', () => {}, serve);
  some = await digits(40);
});

const off: Cures = defaultSettings().cures;
const on = (id: CureId): Cures => ({ ...off, [id]: CURE_METAS[id].start });

/** A short run on a few digits; everything that can be repeated of it. */
async function run(patch: Partial<RunSettings>) {
  const o = settings({ epochs: 1, batchSize: 8, learningRate: 1e-3, ...patch });
  const { dataset, ids } = some;
  const plan = planRun(model, dataset.classes, o);
  const source = sourceOf(dataset, model, {});
  const learner = learnerOf({ model, plan, settings: o });
  const data = { dataset, ids: { ...ids, test: [] } };
  learner.terms = await cureTerms({ model, plan, settings: o, data }, source, { root: 'http://site/', onDone() {} });
  const course = await runToEnd(o, learner, { source, ids, classes: dataset.classes.length });
  const { weights } = await learner.read();
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
