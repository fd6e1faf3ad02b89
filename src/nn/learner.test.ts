import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startBackend } from './backends/index.ts';
import { labelObjective, labelTargets } from './classification.ts';
import { type Architecture, stage } from './core.ts';
import { cacheFeatures } from './feature-cache.ts';
import type { ArrayInput, Input } from './input.ts';
import { Learner, type LearnerOptions, type TrainingBatch } from './learner.ts';
import { OPTIMIZERS } from './optimizers/index.ts';
import { profile } from './profile.ts';
import { initial } from './weights.ts';

const layer = (name: string) =>
  stage({
    name,
    reads: ['x'],
    writes: ['x'],
    run: (ops, v) => ({ x: ops.activation('tanh', ops.linear(name, v.x, { out: 5 })) }),
  });
const architecture: Architecture = {
  inputs: { x: { shape: ['B', 6], dtype: 'float32' } },
  output: 'logits',
  stages: [
    layer('a'),
    layer('b'),
    stage({
      name: 'head',
      reads: ['x'],
      writes: ['logits'],
      run: (ops, v) => ({ logits: ops.linear('head', v.x, { out: 3 }) }),
    }),
  ],
};
const { weights } = profile(architecture);

const make = (patch: Partial<LearnerOptions> = {}): Learner =>
  new Learner({
    architecture,
    values: new Map([...weights].map(([name, spec]) => [name, initial(name, spec, 5)])),
    trainable: new Set(weights.keys()),
    optimizer: OPTIMIZERS.adamw,
    objective: labelObjective,
    seed: 1,
    batchStatistics: false,
    clipNorm: 0,
    ...patch,
  });

/** Examples [from, to). */
function rows(from: number, to: number): { input: ArrayInput; targets: TrainingBatch['targets']; count: number } {
  const count = to - from;
  const data = Float32Array.from({ length: 6 * count }, (_, i) => Math.sin(1.7 * (6 * from + i)));
  const labels = Array.from({ length: count }, (_, i) => (from + i) % 3);
  return {
    input: { kind: 'arrays', batch: { x: { data, shape: [count, 6], dtype: 'float32' } } },
    targets: labelTargets(labels, { classes: 3, smoothing: 0 }).batch,
    count,
  };
}

const context = { learningRate: 0.01, weightDecay: 0.1, momentum: 0.9 };
const only = (...stages: string[]) =>
  new Set([...weights.keys()].filter((name) => stages.includes(name.split('.')[0]!)));
const train = async (net: Learner, steps: readonly number[]) => {
  for (const step of steps) await net.step([rows(4 * step, 4 * step + 8)], { ...context, step });
};
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const valuesOf = (net: Learner) => net.network.weights.read(weights.keys());

beforeAll(async () => {
  await startBackend('wasm');
});

describe.each(['wasm', 'cpu'])('a learner on %s', (backend) => {
  beforeEach(async () => {
    await tf.setBackend(backend);
  });

  it('what does not move stays equal to the bit, and needs no gradient and no state', async () => {
    const net = make();
    const before = await valuesOf(net);
    net.train(only('head'));
    expect(net.boundary).toBe(2);
    await train(net, range(0, 3));
    const after = await valuesOf(net);
    for (const name of weights.keys())
      expect(Buffer.from(after.get(name)!.buffer).equals(Buffer.from(before.get(name)!.buffer)), name).toBe(
        !name.startsWith('head'),
      );
    // two slots of 5 x 3 + 3 numbers, one gradient
    expect(net.optimizerBytes).toBe(2 * 4 * 18);
    expect(net.gradientBytes).toBe(4 * 18);
    net.train(only('a', 'head'));
    expect(net.boundary).toBe(0);
    await train(net, [3]);
    expect(net.optimizerBytes).toBe(2 * 4 * (18 + 35));
    expect(net.peakBytes).toBeGreaterThan(net.optimizerBytes);
    net.train(new Set());
    expect(net.boundary).toBe(3);
    net.dispose();
  });

  it('each weight has a learning rate of its own', async () => {
    const still = make({ rate: (name) => (name.startsWith('a.') ? 0 : 1) });
    const before = await valuesOf(still);
    await train(still, [0]);
    const after = await valuesOf(still);
    expect(after.get('a.weight')).toEqual(before.get('a.weight'));
    expect(after.get('b.weight')).not.toEqual(before.get('b.weight'));
    still.dispose();
    // Adam's first step is the learning rate, whatever the gradient
    const half = make({ rate: (name) => (name === 'b.bias' ? 0.5 : 1) });
    await train(half, [0]);
    const moved = await valuesOf(half);
    expect(Math.abs(moved.get('b.bias')![0]!)).toBeCloseTo(0.005, 5);
    expect(Math.abs(moved.get('head.bias')![0]!)).toBeCloseTo(0.01, 5);
    half.dispose();
  });

  it('four batches of eight make the step of one of thirty-two, however they are cut', async () => {
    const cut = async (edges: readonly number[]) => {
      const net = make({ clipNorm: 0.1, l2: 0.01, optimizer: OPTIMIZERS.sgd });
      const parts = edges.slice(1).map((to, i) => rows(edges[i]!, to));
      const metrics = [];
      for (let step = 0; step < 5; step++) metrics.push(await net.step(parts, { ...context, step }));
      const values = await valuesOf(net);
      net.dispose();
      return { values, metrics };
    };
    const whole = await cut([0, 32]);
    for (const edges of [
      [0, 8, 16, 24, 32],
      [0, 20, 32],
    ]) {
      const parts = await cut(edges);
      for (const [name, values] of whole.values)
        expect(Math.max(...values.map((value, i) => Math.abs(value - parts.values.get(name)![i]!)))).toBeLessThan(1e-5);
      parts.metrics.forEach(({ loss, correct }, i) => {
        expect(loss).toBeCloseTo(whole.metrics[i]!.loss, 5);
        expect(correct).toBe(whole.metrics[i]!.correct);
      });
    }
  });

  it('goes on from a state to the bit, with what joined later and what stopped', async () => {
    const course = (net: Learner) => async (step: number) => {
      if (step === 2) net.train(only('b', 'head'));
      if (step === 4) net.train(only('a', 'b'));
      await train(net, [step]);
    };
    const whole = make({ trainable: only('head') });
    const go = course(whole);
    for (const step of range(0, 5)) await go(step);
    const state = await whole.read();
    for (const step of range(5, 8)) await go(step);
    const taken = make({ trainable: only('a', 'b') });
    taken.write(state);
    await train(taken, range(5, 8));
    const [one, other] = [await whole.read(), await taken.read()];
    expect(other.slots).toEqual(one.slots);
    for (const [name, values] of one.weights) expect(other.weights.get(name), name).toEqual(values);
    whole.dispose();
    taken.dispose();
  });

  it('a state of which no counts were kept goes on with those of the run', async () => {
    const net = make();
    await train(net, range(0, 4));
    const { weights: kept, slots } = await net.read();
    const old = new Map([...slots].filter(([name]) => !name.endsWith('/step')));
    await train(net, [4]);
    const taken = make();
    taken.write({ weights: kept, slots: old }, 4);
    await train(taken, [4]);
    expect((await taken.read()).weights).toEqual((await net.read()).weights);
    net.dispose();
    taken.dispose();
  });

  it('going back undoes what began to move since', async () => {
    const net = make({ trainable: only('head') });
    const first = await valuesOf(net);
    await train(net, [0]);
    const state = await net.read();
    net.train(only('a', 'head'));
    await train(net, [1, 2]);
    expect((await net.read()).weights.has('a.weight')).toBe(true);
    net.write(state, 1);
    expect((await valuesOf(net)).get('a.weight')).toEqual(first.get('a.weight'));
    expect((await net.read()).weights.get('head.weight')).toEqual(state.weights.get('head.weight'));
    net.dispose();
  });

  it('a cached prefix serves every later boundary, and no earlier one', async () => {
    const net = make({ trainable: only('b', 'head') });
    const { input, targets, count } = rows(0, 8);
    async function* all() {
      yield input;
    }
    const cache = await cacheFeatures(net.network, {
      boundary: net.boundary,
      inputs: all(),
      place: 'device',
      openFile: () => Promise.reject(new Error('on the device')),
    });
    const cached: Input = { kind: 'cached', cache, rows: Int32Array.from(range(0, 8)) };
    await train(net, [0]); // the cache holds what is before b alone
    net.train(only('head'));
    const tensors = tf.memory().numTensors;
    const [one, other] = [cached, input].map((from) => net.gradients(from, targets, 0));
    for (const [name, gradient] of one!.gradients)
      expect(await gradient.data()).toEqual(await other!.gradients.get(name)!.data());
    tf.dispose([one!, other!].flatMap((each) => [each.loss, each.correct, ...each.gradients.values()]));
    expect(tf.memory().numTensors).toBe(tensors);
    net.train(only('a', 'head'));
    await expect(async () => net.step([{ input: cached, targets, count }], { ...context, step: 1 })).rejects.toThrow();
    cache.dispose();
    net.dispose();
  });

  it('keeps no tensor between steps', async () => {
    const net = make();
    await train(net, [0]);
    const tensors = tf.memory().numTensors;
    await train(net, [1]);
    await net.step([rows(0, 4), rows(4, 8)], { ...context, step: 2 });
    expect(tf.memory().numTensors).toBe(tensors);
    net.dispose();
  });
});
