/**
 * The threaded build of TensorFlow.js's WebAssembly backend, started here rather than by TensorFlow.js: that hands its
 * threads the source of a function (`toString`), which refers to a variable outside of it once a bundler has minified
 * both, so that every thread dies at its first line. Here threads load the shipped file itself.
 */
import { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import factory from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js';
import scriptUrl from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js?url';
import binaryUrl from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.wasm?url';
import workerSource from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.worker.js';

type Wrap = (name: string, result: 'number' | null, args: 'number'[]) => (...args: number[]) => number;

/** What an Emscripten module offers before TensorFlow.js adds its functions. */
export interface EmscriptenModule {
  cwrap: Wrap;
  tfjs?: unknown;
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

/** A backend whose XNNPACK kernels run on half of the logical cores, at most eight (its C++ allows no more). */
export async function threadedBackend(): Promise<BackendWasm> {
  const script = new URL(scriptUrl, import.meta.url).href;
  const worker = URL.createObjectURL(
    new Blob([workerSource.wasmWorkerContents.replace(/\n/g, '\\n')], { type: 'application/javascript' }),
  );
  const module = await factory({
    locateFile: (path) => (path.endsWith('.worker.js') ? worker : new URL(binaryUrl, import.meta.url).href),
    mainScriptUrlOrBlob: script,
  });
  module.tfjs = bind(module);
  return new BackendWasm(module as unknown as ConstructorParameters<typeof BackendWasm>[0]);
}
