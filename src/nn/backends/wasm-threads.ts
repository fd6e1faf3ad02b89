/**
 * The threaded build of TensorFlow.js's WebAssembly backend, for its shared memory. It is started here rather than by
 * TensorFlow.js: that hands its threads the source of a function (`toString`), which refers to a variable outside of it
 * once a bundler has minified both, so that every thread dies at its first line. Here threads load the shipped file itself.
 */
import { BackendWasm, setThreadsCount } from '@tensorflow/tfjs-backend-wasm';
import factory from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js';
import scriptUrl from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js?url';
import binaryUrl from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.wasm?url';
import workerSource from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.worker.js';
import { hireHelpers } from './wasm-kernels/hire.ts';

type Wrap = (name: string, result: 'number' | null, args: 'number'[]) => (...args: number[]) => number;

/** What an Emscripten module offers before TensorFlow.js adds its functions. */
export interface EmscriptenModule {
  cwrap: Wrap;
  tfjs?: unknown;
  PThread: { terminateAllThreads(): void };
}

/** The functions that the backend calls, as its own start-up binds them (backend_wasm.ts, `init`). */
function bind({ cwrap }: EmscriptenModule): Record<string, unknown> {
  return {
    init: cwrap('init', null, []),
    initWithThreadsCount: cwrap('init_with_threads_count', null, ['number']),
    getThreadsCount: cwrap('get_threads_count', 'number', []),
    registerTensor: cwrap('register_tensor', null, ['number', 'number', 'number']),
    disposeData: cwrap('dispose_data', null, ['number']),
    dispose: cwrap('dispose', null, []),
  };
}

/**
 * A backend on shared memory, whose kernels are done by `threads` threads of our own (`wasm-kernels/team.ts`). The eight
 * threads that the shipped file always starts are sent away: XNNPACK has one.
 */
export async function threadedBackend(threads: number): Promise<BackendWasm> {
  const script = new URL(scriptUrl, import.meta.url).href;
  const worker = URL.createObjectURL(
    new Blob([workerSource.wasmWorkerContents.replace(/\n/g, '\\n')], { type: 'application/javascript' }),
  );
  const module = await factory({
    locateFile: (path) => (path.endsWith('.worker.js') ? worker : new URL(binaryUrl, import.meta.url).href),
    mainScriptUrlOrBlob: script,
  });
  module.PThread.terminateAllThreads();
  module.tfjs = bind(module);
  setThreadsCount(1);
  const backend = new BackendWasm(module as unknown as ConstructorParameters<typeof BackendWasm>[0]);
  await hireHelpers(backend, threads - 1);
  return backend;
}
