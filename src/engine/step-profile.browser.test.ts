import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBackend, stopBackend } from '../nn/backends/index.ts';
import { tensorCount } from '../nn/memory.ts';
import type { BackendInfo } from '../protocol/backend.ts';
import { Control } from './control.ts';
import { stepProfileOf } from './step-profile.ts';
import { StepProfiler } from './step-profiler.ts';
import { figures, learner, runToEnd, settings } from './testing.ts';

let backend: BackendInfo;
beforeAll(async () => {
  backend = await startBackend('webgpu');
});
afterAll(stopBackend);

it('a step that is measured on WebGPU computes what it computes unseen, to the bit, and its kernels are timed', async () => {
  const o = settings({ epochs: 8 });
  const tensors = tensorCount();
  const plain = learner(o);
  const alone = await runToEnd(o, plain);
  plain.dispose();
  const control = new Control();
  const profiler = new StepProfiler();
  control.profiler = profiler;
  const net = learner(o);
  const { points } = await runToEnd(o, net, { control });
  expect(figures(points)).toEqual(figures(alone.points));
  const profile = stepProfileOf(await profiler.result, backend, 0);
  net.dispose();
  expect(tensorCount()).toBe(tensors);
  expect([profile.clock, profile.backend.software]).toEqual(['device', true]);
  expect(profile.kernels.every(({ ms, count }) => ms! >= 0 && count > 0)).toBe(true);
  expect(profile.kernels.reduce((sum, { ms }) => sum + ms!, 0)).toBeGreaterThan(0);
  expect(profile.kernels.map(({ group }) => group)).toEqual(
    expect.arrayContaining(['convolution', 'product', 'loss', 'optimizer']),
  );
  expect(profile.peak.flopsPerSecond).toBeGreaterThan(1e7);
});
