/** TensorFlow.js's WebAssembly backend, with the kernels that training needs. Takes a browser with WebAssembly SIMD. */
import { type BackendWasm, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { backend, env, registerBackend, removeBackend, setBackend } from '@tensorflow/tfjs-core';
import { meterHeap } from './heap-meter.ts';
import { registerWasmKernels } from './wasm-kernels/index.ts';
import { threadsOf } from './wasm-kernels/simd/module.ts';

const inNode = (): boolean => typeof process === 'object' && Boolean(process.versions?.node);

/** The addresses of the binaries for one thread, as the bundler serves them. */
async function binaries(): Promise<Parameters<typeof setWasmPaths>[0]> {
  const [plain, simd] = await Promise.all([
    import('@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.wasm?url'),
    import('@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm?url'),
  ]);
  return {
    'tfjs-backend-wasm.wasm': new URL(plain.default, import.meta.url).href,
    'tfjs-backend-wasm-simd.wasm': new URL(simd.default, import.meta.url).href,
    'tfjs-backend-wasm-threaded-simd.wasm': 'not used: see wasm-threads.ts',
  };
}

/** Most threads that help: the products of a step have no work for more. */
const MOST_THREADS = 8;

/**
 * One where memory cannot be shared; else half of the logical cores, of which two are often one core. On two cores a second
 * thread makes a step 1.4 times as fast (`bench/wasm.bench.ts`) and leaves none to the page, so there is one.
 */
const threadsFor = (logicalCores: number): number =>
  globalThis.crossOriginIsolated === true ? Math.max(1, Math.min(MOST_THREADS, Math.floor(logicalCores / 2))) : 1;

/** The backend may be prepared once, before it starts; asking TensorFlow.js whether it has started would start it. */
let prepared: Promise<void> | undefined;

async function prepare(path: string | undefined): Promise<void> {
  registerWasmKernels();
  const threads = inNode() || path !== undefined ? 1 : threadsFor(navigator.hardwareConcurrency);
  if (threads > 1) {
    const { threadedBackend } = await import('./wasm-threads.ts');
    removeBackend('wasm');
    registerBackend('wasm', () => threadedBackend(threads), 2);
    return;
  }
  env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  // In Node the backend finds its binaries beside itself.
  if (path !== undefined || !inNode()) setWasmPaths(path ?? (await binaries()));
}

/**
 * Makes WebAssembly the current backend and returns the threads that it computes with: one unless the page is
 * cross-origin isolated. `path`: a folder that holds the binaries, for one thread.
 */
export async function startWasm(path?: string): Promise<number> {
  prepared ??= prepare(path);
  await prepared;
  if (!(await setBackend('wasm'))) throw new Error('The WebAssembly backend did not start.');
  const started = backend() as BackendWasm;
  meterHeap(started);
  return threadsOf(started);
}
