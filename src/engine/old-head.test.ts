import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { uniform } from '../lib/random.ts';
import { greatestDifference } from '../models/testing.ts';
import { startBackend } from '../nn/backends/index.ts';
import { labelTargets } from '../nn/classification.ts';
import { Learner } from '../nn/learner.ts';
import { Network } from '../nn/network.ts';
import { OPTIMIZERS } from '../nn/optimizers/index.ts';
import { inputs, engine as task } from '../tasks/image-classification/engine.ts';
import { type LoadedModel, loadShipped } from './model.ts';
import { oldHead } from './old-head.ts';
import { planRun, startingValues } from './plan.ts';

let model: LoadedModel;
beforeAll(async () => {
  await startBackend('wasm');
  const serve = async (url: string) =>
    new Response(await readFile(new URL(`../../public${new URL(url).pathname}`, import.meta.url)));
  model = await loadShipped('digits-cnn', 'http://site/', () => {}, serve);
});

const processor = () => {
  if (model.processor.kind !== 'image') throw new Error('takes texts');
  return model.processor;
};
const noise = (seed: number) => {
  const next = uniform(seed);
  return Uint8Array.from({ length: 784 }, () => 255 * next());
};
const input = () => ({ kind: 'arrays', batch: inputs([1, 2, 3, 4].map(noise), processor().config) }) as const;

/** The old head's logits before and after ten steps on a new task of three classes. */
async function beforeAndAfter(
  method: string,
): Promise<{ before: Float32Array; after: Float32Array; base: Float32Array }> {
  const plan = planRun(model, ['a', 'b', 'c'], { method: { id: method, options: {} }, task: {} });
  const net = new Learner({
    architecture: plan.architecture,
    values: startingValues(model, plan, 1),
    trainable: plan.trainable,
    optimizer: OPTIMIZERS.adamw,
    objective: task.objective,
    seed: 1,
    batchStatistics: false,
    clipNorm: 0,
  });
  const head = oldHead(model);
  const before = await head.logits(net.network, input());
  const targets = labelTargets([0, 1, 2, 0], { classes: 3, smoothing: 0 }).batch;
  for (let step = 0; step < 10; step++)
    await net.step([{ input: input(), targets, count: 1 }], { step, learningRate: 1e-3, weightDecay: 0, momentum: 0 });
  const after = await head.logits(net.network, input());
  head.dispose();
  net.dispose();
  const own = planRun(model, model.labels, { method: { id: 'full', options: {} }, task: {} });
  const network = new Network(own.architecture, startingValues(model, own, 0));
  const base = await network.logits(input());
  network.dispose();
  return { before, after, base };
}

describe('the head that a model came with', () => {
  it('answers as the model did before anything was trained', async () => {
    const { before, base } = await beforeAndAfter('head');
    expect(before).toEqual(base);
  });
  it('answers the same to the bit when only the new head trained', async () => {
    const { before, after } = await beforeAndAfter('head');
    expect(after).toEqual(before);
  });
  it('answers otherwise when what it stands on moved', async () => {
    const { before, after } = await beforeAndAfter('full');
    expect(greatestDifference(after, before)).toBeGreaterThan(0.1);
  });
});
