import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { METHOD_METAS } from '../methods/metas.ts';
import { MODEL_METAS, SHIPPED_MODELS } from '../models/metas.ts';
import { greatestDifference } from '../models/testing.ts';
import { startBackend } from '../nn/backends/index.ts';
import { labelTargets } from '../nn/classification.ts';
import { Learner } from '../nn/learner.ts';
import { OPTIMIZERS } from '../nn/optimizers/index.ts';
import { sizeOf } from '../nn/profile.ts';
import type { WeightValues } from '../nn/weights.ts';
import type { ShippedModel, TextInput } from '../protocol/model.ts';
import { defaultsOf } from '../protocol/options.ts';
import { TASK_METAS } from '../tasks/metas.ts';
import type { TextProcessor } from '../tasks/processor.ts';
import * as classification from '../tasks/text-classification/engine.ts';
import { encode } from '../tasks/text-generation/encode.ts';
import * as generation from '../tasks/text-generation/rows.ts';
import { type LoadedModel, loadShipped } from './model.ts';
import { planRun, startingValues } from './plan.ts';
import { summarisePlans } from './plan-summary.ts';
import { taskMetaOf, taskOf } from './tasks.ts';
import { settings } from './testing.ts';

/** Every registry entry for texts gets these tests: a new model or method is tested from the day it is added. */

const classes = ['praise', 'complaint', 'question'];
/** Three texts that nobody mixes up. */
const TEXTS = [
  'A lovely phone, I am so happy with it.',
  'It broke after a day and nobody answers.',
  'When will my order arrive?',
] as const;

const LANGUAGE_MODELS = SHIPPED_MODELS.filter(
  (model): model is ShippedModel & { input: TextInput } => model.input.kind === 'text',
);

beforeAll(async () => {
  await startBackend('wasm');
});

const publicFile = async (path: string) =>
  new Uint8Array(await readFile(new URL(`../../public/${path}`, import.meta.url)));
const serve = async (url: string) => new Response(await publicFile(new URL(url).pathname.slice(1)));

/** Names of the weights whose values are not the same to the bit. */
const different = (a: WeightValues, b: WeightValues): string[] =>
  [...a.keys()].filter((name) => greatestDifference(a.get(name)!, b.get(name)!) !== 0);

describe.each(LANGUAGE_MODELS)('$id', (shipped) => {
  const meta = Object.values(MODEL_METAS).find(({ id }) => id === shipped.architecture)!;
  const writes = TASK_METAS[meta.task].output === 'token';
  const task = defaultsOf(TASK_METAS[meta.task].options);
  let model: LoadedModel;
  /** Its first two layers, so that training is quick. */
  let shallow: LoadedModel;
  let labels: readonly string[];
  beforeAll(async () => {
    model = await loadShipped(shipped.id, 'http://site/', () => {}, serve);
    shallow = { ...model, config: { ...model.config, num_hidden_layers: 2, n_layer: 2 } };
    labels = writes ? [] : classes;
  });
  const plan = (id: string, options = {}, of = model) => planRun(of, labels, { method: { id, options }, task });

  /** The three texts as one batch and what is to be said of them: their classes, or their next tokens. */
  function example() {
    const { tokenizer } = model.processor as TextProcessor;
    if (writes) {
      const messages = TEXTS.map((content) => [{ role: 'assistant' as const, content }]);
      const how = { template: 'plain', answerOnly: false } as const;
      const rows = messages.map((one) => encode(tokenizer, one, how));
      const { batch, count } = generation.targets(rows, 32, 0);
      return { input: generation.inputs(rows, tokenizer, 32), targets: batch, count };
    }
    const rows = TEXTS.map((text) => classification.encode(tokenizer, text, undefined, 32));
    const { batch, count } = labelTargets([0, 1, 2], { classes: classes.length, smoothing: 0 });
    return { input: classification.inputs(rows, tokenizer, 32), targets: batch, count };
  }

  it('is what its meta says', () => {
    const { profile, head, keepsHead } = plan('full');
    const names = [...profile.weights.keys()].filter((name) => keepsHead || !head.has(name));
    const count = names.reduce((sum, name) => sum + sizeOf(profile.weights.get(name)!.shape), 0);
    expect(count).toBe(shipped.parameters);
    expect(model.summary).toMatchObject({ input: shipped.input, task: meta.task });
    expect(model.labels).toEqual([]);
    expect(model.summary.tiedHead).toBe(writes || undefined);
    expect(keepsHead).toBe(writes);
    expect(taskMetaOf(model.config.architecture).id).toBe(meta.task);
  });

  it('draws its head from the seed, where it has none of its own', () => {
    const fresh = plan('head');
    const values = startingValues(model, fresh, 1);
    expect([...fresh.head].toSorted()).toEqual([...fresh.trainable].toSorted());
    expect(different(startingValues(model, fresh, 1), values)).toEqual([]);
    const moved = different(startingValues(model, fresh, 2), values);
    expect(moved.length > 0).toBe(!writes);
    expect(moved.every((name) => fresh.head.has(name))).toBe(true);
  });

  it('names the weight that a file lacks', () => {
    const whole = plan('full');
    const first = [...whole.profile.weights.keys()][0]!;
    const file = new Map(model.file);
    file.delete(first);
    expect(() => startingValues({ ...model, file }, whole, 1)).toThrow(first);
  });

  it('gives a plan for every method, cheaper where less trains, in numbers', () => {
    const { plans, unfit, stages } = summarisePlans(
      model,
      labels,
      { ...settings(), task },
      { train: 40, validation: 10 },
    );
    expect([...plans, ...unfit].map(({ method }) => method).toSorted()).toEqual(Object.keys(METHOD_METAS).toSorted());
    for (const one of [...plans, ...stages])
      for (const value of Object.values(one)) if (typeof value === 'number') expect(value).toBeGreaterThanOrEqual(0);
    const [full, head] = [
      plans.find(({ method }) => method === 'full')!,
      plans.find(({ method }) => method === 'head')!,
    ];
    expect(full.trainable).toBe(full.total);
    expect(head.trainable).toBeLessThan(full.trainable);
    expect(head.stepFlops).toBeLessThan(full.stepFlops);
    expect(head.memoryBytes).toBeLessThan(full.memoryBytes);
    expect(head.frozenStages).toBe(stages.length - 1);
  });

  // every other method on every architecture: src/methods
  it.each([METHOD_METAS.full, METHOD_METAS.head])(
    'overfits one batch with $id, and leaves the rest bit-equal',
    async (method) => {
      const whole = plan(method.id, defaultsOf(method.options), shallow);
      const net = new Learner({
        architecture: whole.architecture,
        values: startingValues(shallow, whole, 7),
        trainable: whole.trainable,
        optimizer: OPTIMIZERS.adamw,
        objective: taskOf(model.config.architecture).objective,
        seed: 7,
        batchStatistics: false,
        clipNorm: 0,
      });
      const frozen = [...whole.profile.weights.keys()].filter((name) => !whole.trainable.has(name));
      const before = await net.network.weights.read(frozen);
      const { input, targets, count } = example();
      const arrays = { kind: 'arrays', batch: input } as const;
      const rates: Readonly<Record<string, number>> = TASK_METAS[meta.task].learningRates;
      const context = { learningRate: 2 * (rates[method.id] ?? method.learningRate), weightDecay: 0, momentum: 0.9 };
      const losses: number[] = [];
      for (let step = 0; step < 12; step++)
        losses.push((await net.step([{ input: arrays, targets, count: 1 }], { ...context, step })).loss);
      const end = await net.evaluate(arrays, targets);
      // a language model's head alone, two vectors of normalisation before a tied table, learns next to nothing
      expect(end.loss).toBeLessThan((writes && method.id === 'head' ? 0.99 : 0.7) * losses[0]!);
      if (!writes) expect(end.correct).toBe(count);
      expect(different(await net.network.weights.read(frozen), before)).toEqual([]);
      net.dispose();
    },
    120_000,
  );
});
