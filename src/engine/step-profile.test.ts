import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../nn/backends/index.ts';
import { tensorCount } from '../nn/memory.ts';
import { stepFlops } from '../nn/step-flops.ts';
import type { BackendInfo } from '../protocol/backend.ts';
import type { ProblemError } from '../protocol/problems.ts';
import { groupsOf, idleShare, ratesOf } from '../session/step-figures.ts';
import { Control } from './control.ts';
import { stepProfileOf } from './step-profile.ts';
import { StepProfiler } from './step-profiler.ts';
import { figures, learner, prefixOf, runToEnd, settings } from './testing.ts';

let backend: BackendInfo;
beforeAll(async () => {
  backend = await startBackend('wasm');
});

/** A run whose steps are measured from its first on. */
async function profiled(o = settings(), patch: Parameters<typeof runToEnd>[2] = {}, net = learner(o)) {
  const control = new Control();
  const profiler = new StepProfiler();
  control.profiler = profiler;
  const { points } = await runToEnd(o, net, { control, ...patch });
  profiler.end();
  const end = await net.read();
  const measured = await profiler.result.catch((error: unknown) => error as ProblemError);
  net.dispose();
  return { points: figures(points), end, measured };
}
const shapeOf = async (...args: Parameters<typeof profiled>) => {
  const { measured } = await profiled(...args);
  if (measured instanceof Error) throw measured;
  return stepProfileOf(measured, backend, 0);
};

describe('a step that is measured', () => {
  // 4 steps an epoch: 2 that go by, 20 as they always go, 10 operation by operation
  const o = settings({ epochs: 8 });

  it('computes what it computes unseen, to the bit, and leaves no tensor', async () => {
    const tensors = tensorCount();
    const own = settings({ clipNorm: 0.5, accumulate: 2, epochs: 16 });
    const plain = learner(own);
    const alone = await runToEnd(own, plain);
    const { points, end, measured } = await profiled(own);
    expect(measured).not.toBeInstanceOf(Error);
    expect(points).toEqual(figures(alone.points));
    expect(end).toEqual(await plain.read());
    plain.dispose();
    expect(tensorCount()).toBe(tensors);
  });

  it('is told of in operations, operations a second and bytes', async () => {
    const net = learner(o);
    const { architecture } = net.network;
    const flops = stepFlops(architecture, { B: 8 }, new Set(net.trainable));
    const weights = net.network.weights.bytes;
    const profile = await shapeOf(o, {}, net);
    expect(profile.steps).toEqual({ plain: 20, timed: 10 });
    expect([profile.clock, profile.backend.name, profile.tokens]).toEqual(['processor', 'wasm', undefined]);
    // the last batch of an epoch of 30 has 6
    expect([8, 6]).toContain(profile.examples);
    if (profile.examples === 8) expect(profile.flops).toEqual(flops);
    expect(profile.bytes.weights).toBe(weights);
    // every weight trains, and AdamW keeps two numbers of each
    expect([profile.bytes.gradients, profile.bytes.optimizer]).toEqual([weights, 2 * weights]);
    expect(profile.bytes.peak).toBeGreaterThan(4 * weights);
    // pictures of 12 x 12 in single precision, and a target a class
    expect(profile.bytes.batch).toBeGreaterThanOrEqual(4 * 144 * profile.examples);
    const whole = { ...profile, run: 'r', inPlace: true };
    expect(groupsOf(whole).map(({ group }) => group)).toEqual(
      expect.arrayContaining(['convolution', 'product', 'optimizer']),
    );
    expect(idleShare(whole)).toBeLessThan(1);
    const { achieved, peak, mfu } = ratesOf(whole);
    expect(peak).toBeGreaterThan(1e7);
    expect(mfu).toBeCloseTo(achieved / peak, 10);
    expect(mfu).toBeGreaterThan(0);
    expect(mfu).toBeLessThan(1);
  });

  it('counts neither a cached prefix nor what is frozen', async () => {
    const head = (name: string) => name.startsWith('classifier');
    const net = learner(o, head);
    const cache = await prefixOf(net, o);
    const { flops, bytes, examples } = await shapeOf(o, { cache }, net);
    cache.dispose();
    // 8 inputs and 3 classes: the product forward, and the gradient of its weight
    expect(flops).toEqual({ forward: 2 * 8 * 3 * examples, backward: 2 * 8 * 3 * examples });
    expect(bytes.cache).toBe(cache.bytes);
  });

  it('of a run that ends before is not made up', async () => {
    const { measured } = await profiled(settings({ epochs: 2 }));
    expect((measured as ProblemError).problem.code).toBe('profile-cut');
  });
});
