/** Starts the threads that help with kernels. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { compileLoops } from './simd/loops.ts';
import { memoryOf, setTeam } from './simd/module.ts';
import { placeOn } from './site.ts';
import { shareAmong, Team } from './team.ts';
import type { Hired } from './team-worker.ts';

/** Resolves when the thread waits for tasks. */
function hire(hired: Hired): Promise<void> {
  const worker = new Worker(new URL('./team-worker.ts', import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.onmessage = () => resolve();
    worker.onerror = ({ message }) => reject(new Error(`a thread did not start: ${message}`));
    worker.postMessage(hired);
  });
}

/** Gives a backend on shared memory `helpers` threads beside the one that calls. */
export async function hireHelpers(backend: BackendWasm, helpers: number): Promise<void> {
  const memory = memoryOf(backend);
  const module = compileLoops(memory);
  const shared = shareAmong(helpers);
  await Promise.all(Array.from({ length: helpers }, (_, helper) => hire({ module, memory, shared, helper })));
  const place = placeOn(module, memory);
  setTeam(backend, place, new Team(place, helpers, shared));
}
