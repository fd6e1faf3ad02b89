import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { METHOD_METAS } from '../methods/metas.ts';
import { architectureAt, greatestDifference, IMAGE_MODELS } from '../models/testing.ts';
import { startBackend } from '../nn/backends/index.ts';
import { labelTargets } from '../nn/classification.ts';
import { Learner } from '../nn/learner.ts';
import { OPTIMIZERS } from '../nn/optimizers/index.ts';
import type { WeightValues } from '../nn/weights.ts';
import { defaultsOf } from '../protocol/options.ts';
import { engine as task } from '../tasks/image-classification/engine.ts';
import { type LoadedModel, loadShipped, parameterCount } from './model.ts';
import { planRun, startingValues } from './plan.ts';
import { summarisePlans } from './plan-summary.ts';
import { settings } from './testing.ts';

/** Every registry entry for pictures gets these tests: a new model or method is tested from the day it is added. */

const classes = ['one', 'two', 'three'];

beforeAll(async () => {
  await startBackend('wasm');
});

const publicFile = async (path: string) =>
  new Uint8Array(await readFile(new URL(`../../public/${path}`, import.meta.url)));
const serve = async (url: string) => new Response(await publicFile(new URL(url).pathname.slice(1)));

/** Three pictures that nobody mixes up, in numbers from -1 to 1: a slope down, a slope to the right, a chessboard. */
function drawings(size: number, channels: number) {
  const draw = [
    (y: number, _x: number) => (2 * y) / size - 1,
    (_y: number, x: number) => (2 * x) / size - 1,
    (y: number, x: number) => (((y >> 2) + (x >> 2)) % 2 ? 1 : -1),
  ];
  const each = size * size * channels;
  const data = Float32Array.from({ length: 3 * each }, (_, i) => {
    const at = Math.floor((i % each) / channels);
    return draw[Math.floor(i / each)]!(Math.floor(at / size), at % size);
  });
  return { pixels: { data, shape: [3, size, size, channels], dtype: 'float32' } } as const;
}

/** Names of the weights whose values are not the same to the bit. */
const different = (a: WeightValues, b: WeightValues): string[] =>
  [...a.keys()].filter((name) => greatestDifference(a.get(name)!, b.get(name)!) !== 0);

describe.each(IMAGE_MODELS)('$id', (shipped) => {
  let model: LoadedModel;
  beforeAll(async () => {
    model = await loadShipped(shipped.id, 'http://site/', () => {}, serve);
  });
  /** The smallest input that makes sense, so that the tests are quick. */
  const size = shipped.input.size > 64 ? 32 : shipped.input.size;
  const small = (): LoadedModel => ({ ...model, config: { ...model.config, image_size: size } });

  it('is what its meta says', () => {
    expect(parameterCount(architectureAt(model.config, shipped.input.size))).toBe(shipped.parameters);
    expect(model.summary).toMatchObject({ input: shipped.input, architecture: shipped.architecture });
    expect(model.labels).toHaveLength(shipped.classes);
    expect(model.summary.tiedHead).toBeUndefined();
    expect(new Set(model.labels).size).toBe(shipped.classes);
  });

  it('keeps its head where the classes are its own, and gets a fresh one where they are not', () => {
    const own = planRun(small(), model.labels, { method: { id: 'head', options: {} }, task: {} });
    const fresh = planRun(small(), classes, { method: { id: 'head', options: {} }, task: {} });
    expect([own.keepsHead, fresh.keepsHead]).toEqual([true, false]);
    expect([...fresh.head].toSorted()).toEqual([...fresh.trainable].toSorted());
    const values = startingValues(small(), fresh, 1);
    expect(different(startingValues(small(), fresh, 1), values)).toEqual([]);
    const kernel = [...fresh.head].find((name) => name.endsWith('weight'))!;
    expect(different(startingValues(small(), fresh, 2), values)).toContain(kernel);
  });

  it('names the weight that a file lacks', () => {
    const plan = planRun(small(), classes, { method: { id: 'full', options: {} }, task: {} });
    const first = [...plan.profile.weights.keys()][0]!;
    const file = new Map(model.file);
    file.delete(first);
    expect(() => startingValues({ ...small(), file }, plan, 1)).toThrow(first);
  });

  it('gives a plan for every method, cheaper where less trains', () => {
    const { plans, unfit, stages } = summarisePlans(small(), classes, settings(), { train: 40, validation: 10 });
    expect([...plans, ...unfit].map(({ method }) => method).toSorted()).toEqual(Object.keys(METHOD_METAS).toSorted());
    expect(stages.reduce((sum, { parameters }) => sum + parameters, 0)).toBe(plans[0]!.total);
    const [full, head] = [
      plans.find(({ method }) => method === 'full')!,
      plans.find(({ method }) => method === 'head')!,
    ];
    expect(full.trainable).toBe(full.total);
    expect(head.trainable).toBeLessThan(full.trainable);
    expect(head.stepFlops).toBeLessThan(full.stepFlops);
    expect(head.memoryBytes).toBeLessThan(full.memoryBytes);
    expect(head.frozenStages).toBe(stages.length - 1);
    expect(head.cacheBytes).toBeGreaterThan(0);
    expect(full.cacheBytes).toBe(0);
  });

  // every other method on every architecture: src/methods
  it.each([METHOD_METAS.full, METHOD_METAS.head])(
    'overfits one batch with $id, and leaves the rest bit-equal',
    async (meta) => {
      const method = { id: meta.id, options: defaultsOf(meta.options) };
      const plan = planRun(small(), classes, { method, task: {} });
      const net = new Learner({
        architecture: plan.architecture,
        values: startingValues(small(), plan, 7),
        trainable: plan.trainable,
        optimizer: OPTIMIZERS.adamw,
        objective: task.objective,
        seed: 7,
        batchStatistics: false,
        clipNorm: 0,
      });
      const frozen = [...plan.profile.weights.keys()].filter((name) => !plan.trainable.has(name));
      const before = await net.network.weights.read(frozen);
      const input = { kind: 'arrays', batch: drawings(size, shipped.input.channels) } as const;
      const targets = labelTargets([0, 1, 2], { classes: classes.length, smoothing: 0 }).batch;
      const context = { learningRate: meta.learningRate * 2, weightDecay: 0, momentum: 0.9 };
      const losses: number[] = [];
      for (let step = 0; step < 40; step++)
        losses.push((await net.step([{ input, targets, count: 1 }], { ...context, step })).loss);
      const end = await net.evaluate(input, targets);
      expect(end.loss).toBeLessThan(0.7 * losses[0]!);
      expect(end.correct).toBe(3);
      expect(different(await net.network.weights.read(frozen), before)).toEqual([]);
      net.dispose();
    },
    60_000,
  );
});
