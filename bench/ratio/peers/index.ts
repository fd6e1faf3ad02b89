import type { Make } from '../../../src/bench/start.ts';

/** Packages that compute the same in a browser, and ours where it is another of our own; each is loaded where it runs. */
export const PEERS = {
  jax: async () => (await import('./jax.ts')).jax,
  nanogpt: async () => (await import('./nanogpt.ts')).nanogpt,
  onnx: async () => (await import('./onnx.ts')).onnx,
  'ours, forward': async () => (await import('./forward.ts')).forward,
} as const satisfies Readonly<Record<string, () => Promise<Make>>>;
