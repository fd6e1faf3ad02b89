import type { Ask, BenchResponse } from '../protocol/bench.ts';

/** A contender of the bench in a worker of its own, which goes with `close`. */
export function startContender(): { ask: Ask; close(): void } {
  const worker = new Worker(new URL('../bench/worker.ts', import.meta.url), { type: 'module', name: 'contender' });
  let answer: (response: BenchResponse) => void = () => {};
  worker.onmessage = ({ data }: MessageEvent<BenchResponse>) => answer(data);
  worker.onerror = (event) => {
    event.preventDefault();
    answer({ kind: 'failed', message: event.message ?? '' });
  };
  const ask: Ask = (request) =>
    new Promise((resolve) => {
      answer = resolve;
      worker.postMessage(request);
    });
  return {
    ask,
    close() {
      worker.terminate();
      answer({ kind: 'failed', message: 'closed' });
    },
  };
}
