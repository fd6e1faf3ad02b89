import { beforeAll, describe, expect, it } from 'vitest';
import { uniform } from '../lib/random.ts';
import { labelTargets } from '../nn/classification.ts';
import { defaultsOf } from '../protocol/options.ts';
import { defaultSettings } from '../protocol/settings.ts';
import { TASK_METAS } from '../tasks/metas.ts';
import { evaluateRun } from './answers.ts';
import { learnerOf } from './learner.ts';
import { memorised } from './memorised.ts';
import { type Plan, planRun, startingValues } from './plan.ts';
import type { Studio } from './studio.ts';
import { pictures } from './testing/pictures.ts';
import { studioWith } from './testing/texts.ts';
import { settings } from './testing.ts';
import { startRun } from './training.ts';

const FULL = { id: 'full', options: {} } as const;
const task = defaultsOf(TASK_METAS['text-generation'].options);
let studio: Studio;
beforeAll(async () => {
  studio = studioWith(undefined);
  await studio.chooseBackend('wasm');
  studio.dataset = await pictures('digits-5-9.zip', { inputs: [{ kind: 'image', size: 28, channels: 1 }] });
}, 60_000);

/** Standard deviation of a weight's values, and their mean. */
function spread(values: Float32Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) };
}

const drawn = async (id: string, classes: readonly string[], seed = 7, own = {}) => {
  const model = await studio.model({ kind: 'shipped', id });
  const plan: Plan = planRun(model, classes, { method: FULL, task: own, start: 'scratch' });
  return { model, plan, values: startingValues(model, plan, seed) };
};

describe('a start from scratch', () => {
  it('draws every weight from the seed, at the scale that the architecture begins with', async () => {
    const { values, plan } = await drawn('efficientnet-lite0', ['a', 'b', 'c']);
    expect(values.size).toBe(plan.profile.weights.size);
    for (const [name, spec] of plan.profile.weights) {
      const data = values.get(name)!;
      if (name.endsWith('running_mean') || name.endsWith('.bias'))
        expect(
          data.every((v) => v === 0),
          name,
        ).toBe(true);
      else if (name.endsWith('running_var') || spec.role === 'scale')
        expect(
          data.every((v) => v === 1),
          name,
        ).toBe(true);
      else {
        // He et al. 2015: a channel of a depthwise kernel is made of its own window alone
        const { shape } = spec;
        const fanIn = spec.stored === 'oihw-depthwise' ? shape[0]! * shape[1]! : data.length / shape.at(-1)!;
        expect(spread(data).deviation / Math.sqrt(2 / fanIn), name).toBeGreaterThan(0.85);
        expect(spread(data).deviation / Math.sqrt(2 / fanIn), name).toBeLessThan(1.15);
      }
    }
  }, 60_000);

  it('of a transformer is that of its source: 0.02, and less for what is added to the residual stream', async () => {
    const { values } = await drawn('tiny-gpt', [''], 7, task);
    const of = (name: string) => spread(values.get(`transformer.${name}.weight`)!).deviation;
    expect(of('wte')).toBeCloseTo(0.02, 3);
    expect(of('h.1.attn.c_attn')).toBeCloseTo(0.02, 3);
    // four layers: 0.02 / sqrt(8)
    expect(of('h.1.attn.c_proj')).toBeCloseTo(0.02 / Math.sqrt(8), 3);
    expect(of('h.3.mlp.c_proj')).toBeCloseTo(0.02 / Math.sqrt(8), 3);
    expect(values.get('transformer.ln_f.weight')!.every((value) => value === 1)).toBe(true);
  }, 60_000);

  it('is another one with another seed, and nothing of the model', async () => {
    const classes = ['5', '6', '7', '8', '9'];
    const { model, values, plan } = await drawn('digits-cnn', classes);
    const again = await drawn('digits-cnn', classes);
    const other = await drawn('digits-cnn', classes, 8);
    const own = startingValues(model, planRun(model, classes, { method: FULL, task: {} }), 7);
    for (const name of plan.profile.weights.keys()) {
      expect(again.values.get(name)).toEqual(values.get(name));
      if (name.endsWith('bias')) continue;
      expect(other.values.get(name)).not.toEqual(values.get(name));
      expect(own.get(name)).not.toEqual(values.get(name));
    }
  });

  it('learns the shipped digits to over 90 % and knows some of them by heart', async () => {
    const o = settings({
      start: 'scratch',
      epochs: 7,
      batchSize: 32,
      learningRate: 2e-3,
      oldTask: { ...defaultSettings().oldTask, watch: false },
      earlyStopping: { ...settings().earlyStopping, restoreBest: true },
    });
    expect(await startRun(studio, 'scratch', o)).toMatchObject({ phase: 'done', finish: 'completed' });
    const evaluation = await evaluateRun(studio, 'scratch');
    if (!('confusion' in evaluation)) throw new Error('classes are wanted');
    expect(evaluation.accuracy).toBeGreaterThan(0.9);

    const { examined, mean, examples } = await memorised(studio, 'scratch');
    const { train } = studio.run('scratch').data!.ids;
    expect(examined).toBe(train.length);
    expect(examples.length).toBeGreaterThan(0);
    const scores = examples.map(({ seen, unseen }) => seen - unseen);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    expect(scores[0]).toBeGreaterThan(mean);
    expect(mean).toBeGreaterThan(0);
    expect(examples.every(({ id }) => train.includes(id))).toBe(true);
    // what others cannot tell from its likes, and the run can for having seen it
    expect(examples[0]!.seen).toBeGreaterThan(0.6);
    expect(examples[0]!.unseen).toBeLessThan(0.4);
  }, 300_000);

  it('of a deep network learns by the statistics of its own batches, and answers by those that it noted', async () => {
    const shipped = await studio.model({ kind: 'shipped', id: 'efficientnet-lite0' });
    const model = { ...shipped, config: { ...shipped.config, image_size: 32 } };
    const plan = planRun(model, ['up', 'left'], { method: FULL, task: {}, start: 'scratch' });
    const o = settings({ start: 'scratch', batchNorm: 'batch', seed: 3, learningRate: 1e-3 });
    const net = learnerOf({ model, plan, settings: o });
    // a slope down or to the right, a little different each
    const next = uniform(5);
    const data = Float32Array.from({ length: 8 * 32 * 32 * 3 }, (_, i) => {
      const [picture, at] = [Math.floor(i / 3072), Math.floor((i % 3072) / 3)];
      return (picture % 2 ? at % 32 : Math.floor(at / 32)) / 16 - 1 + 0.3 * next();
    });
    const input = { kind: 'arrays', batch: { pixels: { data, shape: [8, 32, 32, 3], dtype: 'float32' } } } as const;
    const labels = Array.from({ length: 8 }, (_, i) => i % 2);
    const targets = labelTargets(labels, { classes: 2, smoothing: 0 }).batch;
    const losses: number[] = [];
    for (let step = 0; step < 12; step++) {
      const context = { step, learningRate: 1e-3, weightDecay: 0, momentum: 0.9 };
      losses.push((await net.step([{ input, targets, count: 8 }], context)).loss);
    }
    expect(losses[0]).toBeLessThan(3);
    expect(losses.at(-1)).toBeLessThan(0.3 * losses[0]!);
    const { weights } = await net.read();
    const mean = weights.get('_bn0.running_mean')!;
    expect(mean.some((value) => value !== 0)).toBe(true);
    net.dispose();
  }, 120_000);
});
