import type { Make } from '../../../src/bench/start.ts';

/** Packages that train, or run, the same in a browser; each is loaded where it runs. */
export const PEERS = {} as const satisfies Readonly<Record<string, () => Promise<Make>>>;
