import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startBackend, stopBackend } from './backends/index.ts';
import { labelObjective, labelTargets } from './classification.ts';
import { type Architecture, stage } from './core.ts';
import { trainingBackend } from './kernels/backend.ts';
import { Learner } from './learner.ts';
import { OPTIMIZERS } from './optimizers/index.ts';
import { profile } from './profile.ts';
import { initial } from './weights.ts';

beforeAll(async () => {
  await startBackend('webgpu');
});
afterAll(stopBackend);

const layer = (name: string, out: number) =>
  stage({
    name,
    reads: ['x'],
    writes: ['x'],
    run: (ops, v) => ({ x: ops.linear(name, v.x, { out }) }),
  });
const architecture: Architecture = {
  inputs: { x: { shape: ['B', 6], dtype: 'float32' } },
  output: 'x',
  stages: [layer('a', 5), layer('b', 7), layer('head', 3)],
};
const { weights } = profile(architecture);

const make = () =>
  new Learner({
    architecture,
    values: new Map([...weights].map(([name, spec]) => [name, initial(name, spec, 5)])),
    trainable: new Set(['head.weight', 'head.bias']),
    optimizer: OPTIMIZERS.adamw,
    objective: labelObjective,
    seed: 1,
    batchStatistics: false,
    clipNorm: 0.5,
    l2: 0.01,
  });

function rows(from: number, count: number) {
  const data = Float32Array.from({ length: 6 * count }, (_, i) => Math.sin(1.7 * (6 * from + i)));
  const labels = Array.from({ length: count }, (_, i) => (from + i) % 3);
  return {
    input: { kind: 'arrays', batch: { x: { data, shape: [count, 6], dtype: 'float32' } } } as const,
    targets: labelTargets(labels, { classes: 3, smoothing: 0.1 }).batch,
    count,
  };
}

/** Freezes, unfreezes, accumulates, goes back to an earlier state and on from there. */
async function course(): Promise<number[]> {
  const net = make();
  const figures: number[] = [];
  const step = async (i: number) => {
    const batches = i % 3 === 2 ? [rows(i, 4), rows(i + 4, 3)] : [rows(i, 8)];
    const { loss, correct } = await net.step(batches, { learningRate: 0.05, weightDecay: 0.1, momentum: 0.9, step: i });
    figures.push(loss, correct);
  };
  for (let i = 0; i < 4; i++) await step(i);
  const early = await net.read();
  net.train(new Set(weights.keys()));
  for (let i = 4; i < 8; i++) await step(i);
  net.train(new Set(['b.weight', 'b.bias']));
  await step(8);
  net.write(early, 4);
  net.train(new Set(weights.keys()));
  for (let i = 4; i < 8; i++) await step(i);
  const { loss } = await net.evaluate(rows(3, 9).input, rows(3, 9).targets);
  const values = await net.network.weights.read(weights.keys());
  net.dispose();
  return [...figures, loss, ...[...values.values()].flatMap((each) => [...each])];
}

const context = { learningRate: 0.05, weightDecay: 0.1, momentum: 0.9, step: 0 };

describe('a learner on webgpu', () => {
  it('waits for no figure, and tells of a lost device by these alone', async () => {
    const net = make();
    const before = net.step([rows(0, 8)], context);
    trainingBackend()!.device.destroy();
    const after = net.step([rows(1, 8)], { ...context, step: 1 });
    const settled = await Promise.allSettled([before, after]);
    expect(settled[1].status).toBe('rejected');
    await startBackend('webgpu');
    net.dispose();
    const next = make();
    expect((await next.step([rows(0, 8)], context)).loss).toBeGreaterThan(0);
    next.dispose();
  });

  it('compiles ahead what a step needs, and is not changed by it', async () => {
    // nothing is compiled on a device that has just begun
    await startBackend('webgpu');
    const [prepared, other] = [make(), make()];
    const { device } = trainingBackend()!;
    const together = vi.spyOn(device, 'createComputePipelineAsync');
    await prepared.prepare(rows(0, 8), context);
    expect(together.mock.calls.length).toBeGreaterThan(3);
    const compiled = vi.spyOn(device, 'createComputePipeline');
    const [ahead, plain] = [await prepared.step([rows(0, 8)], context), await other.step([rows(0, 8)], context)];
    expect(compiled).not.toHaveBeenCalled();
    compiled.mockRestore();
    expect(ahead).toEqual(plain);
    expect(await prepared.read()).toEqual(await other.read());
    prepared.dispose();
    other.dispose();
  });

  it('goes the way of the cpu, whatever moves and wherever it goes back to', async () => {
    const ours = await course();
    await tf.setBackend('cpu');
    const theirs = await course();
    expect(ours).toHaveLength(theirs.length);
    expect(Math.max(...theirs.map((value, i) => Math.abs(value - ours[i]!)))).toBeLessThan(2e-5);
  });
});
