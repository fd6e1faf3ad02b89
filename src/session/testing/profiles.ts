import type { StepProfile } from '../../protocol/step-profile.ts';

/** A step of a small network on a GPU: kernels take half of its time. */
export const profileOf = (patch: Partial<StepProfile> = {}): StepProfile => ({
  run: 'run-1',
  inPlace: true,
  backend: { name: 'webgpu', adapter: 'nvidia ampere', software: false, threads: 1 },
  steps: { plain: 20, timed: 10 },
  examples: 16,
  tokens: undefined,
  stepMs: 21.4,
  batchMs: 0.3,
  javascriptMs: 6.2,
  clock: 'device',
  kernels: [
    { kernel: 'conv', group: 'convolution', count: 49, ms: 4.2 },
    { kernel: 'conv.parts', group: 'convolution', count: 20, ms: 3.7 },
    { kernel: 'conv.input', group: 'convolution', count: 19, ms: 3.1 },
    { kernel: 'linear.backward', group: 'product', count: 1, ms: 0.4 },
    { kernel: 'linear.forward', group: 'product', count: 1, ms: 0.3 },
    { kernel: 'conv.sum', group: 'convolution', count: 20, ms: 0.2 },
    { kernel: 'optimizer.adamw', group: 'optimizer', count: 1, ms: 0.2 },
    { kernel: 'pixelMean', group: 'other', count: 1, ms: 0.1 },
    { kernel: 'crossEntropy.rows', group: 'loss', count: 1, ms: 0.033 },
  ],
  flops: { forward: 12.3e9, backward: 8.1e9 },
  uncounted: false,
  peak: { side: 2048, flopsPerSecond: 6.4e12 },
  bytes: { weights: 13.6e6, gradients: 10.7e6, optimizer: 21.4e6, cache: 0, peak: 431e6, batch: 9.6e6 },
  ...patch,
});
