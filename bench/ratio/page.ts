import { type MatchOptions, type MatchResult, match } from '../../src/lib/match.ts';
import type { Ask, BenchBackend, BenchModel, BenchScale } from '../../src/protocol/bench.ts';

/** What is measured against ours: `backend` is the peer's, `oursOn` ours where that is another, `ours` what of ours it is. */
export interface Pairing {
  model: BenchModel;
  scale: BenchScale;
  peer: string;
  backend: BenchBackend;
  oursOn?: BenchBackend;
  /** A training step where nothing is said. */
  ours?: 'ours, forward';
}

declare global {
  interface Window {
    pair(pairing: Pairing, options: Pick<MatchOptions, 'blocks' | 'blockMs'>): Promise<MatchResult>;
  }
}

/** A contender in a worker of its own. */
function contender(): { ask: Ask; close(): void } {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const ask: Ask = (request) =>
    new Promise((resolve) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => resolve({ kind: 'failed', message });
      worker.postMessage(request);
    });
  return { ask, close: () => worker.terminate() };
}

window.pair = async ({ model, scale, peer, backend, oursOn = backend, ours = 'ours' }, options) => {
  const [a, b] = [contender(), contender()];
  try {
    return await match(
      [
        { ask: a.ask, setup: { contender: ours, backend: oursOn, model, scale } },
        { ask: b.ask, setup: { contender: peer, backend, model, scale } },
      ],
      options,
    );
  } finally {
    a.close();
    b.close();
  }
};
