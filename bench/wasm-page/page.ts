/** Starts a worker for each contender that `bench/wasm.bench.ts` asks for. */
import type { BenchRequest, BenchResponse } from '../../src/protocol/bench.ts';

declare global {
  interface Window {
    /** Asks the contender of this name, which lives in a worker of its own. */
    ask(name: string, request: BenchRequest<string>): Promise<BenchResponse>;
    /** Ends its worker. */
    end(name: string): void;
  }
}

const workers = new Map<string, Worker>();

window.ask = (name, request) => {
  const worker = workers.get(name) ?? new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  workers.set(name, worker);
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<BenchResponse>) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(request);
  });
};

window.end = (name) => {
  workers.get(name)?.terminate();
  workers.delete(name);
};
