import type { Make } from '../../../src/bench/start.ts';

/** Packages that train the same in a browser; each is loaded where it runs. */
export const PEERS = {
  jax: async () => (await import('./jax.ts')).jax,
  nanogpt: async () => (await import('./nanogpt.ts')).nanogpt,
} as const satisfies Readonly<Record<string, () => Promise<Make>>>;
