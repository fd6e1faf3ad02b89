/** TensorFlow.js's WebAssembly backend, with the kernels that training needs. Takes a browser with WebAssembly SIMD. */
import { type BackendWasm, getThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { backend, env, registerBackend, removeBackend, setBackend } from '@tensorflow/tfjs-core';
import { meterHeap } from './heap-meter.ts';
import { registerWasmKernels } from './wasm-kernels/index.ts';

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

/**
 * Whether threads can help: memory may be shared, and the backend, which uses half of the logical cores, would use
 * more than one. It starts eight workers however few it uses.
 */
const threadsHelp = (): boolean => globalThis.crossOriginIsolated === true && navigator.hardwareConcurrency >= 4;

/** The backend may be prepared once, before it starts; asking TensorFlow.js whether it has started would start it. */
let prepared: Promise<void> | undefined;

async function prepare(path: string | undefined): Promise<void> {
  registerWasmKernels();
  if (!inNode() && path === undefined && threadsHelp()) {
    const { threadedBackend } = await import('./wasm-threads.ts');
    removeBackend('wasm');
    registerBackend('wasm', threadedBackend, 2);
    return;
  }
  env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  // In Node the backend finds its binaries beside itself.
  if (path !== undefined || !inNode()) setWasmPaths(path ?? (await binaries()));
}

/**
 * Makes WebAssembly the current backend and returns the threads that it computes with: one unless the page is
 * cross-origin isolated and has four logical cores. `path`: a folder that holds the binaries, for one thread.
 */
export async function startWasm(path?: string): Promise<number> {
  prepared ??= prepare(path);
  await prepared;
  if (!(await setBackend('wasm'))) throw new Error('The WebAssembly backend did not start.');
  meterHeap(backend() as BackendWasm);
  return getThreadsCount();
}
