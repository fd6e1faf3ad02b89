/** TensorFlow.js's WebAssembly backend, with the kernels that training needs. */
import { getThreadsCount, setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { setBackend } from '@tensorflow/tfjs-core';
import { registerWasmKernels } from './wasm-kernels/index.ts';

/** Where the three binaries are: their addresses as the bundler serves them, or a folder on disk in Node. */
async function binaries(): Promise<Parameters<typeof setWasmPaths>[0]> {
  if (typeof process === 'object' && process.versions?.node) {
    const { createRequire } = await import('node:module');
    return createRequire(import.meta.url)
      .resolve('@tensorflow/tfjs-backend-wasm/package.json')
      .replace('package.json', 'wasm-out/');
  }
  const [plain, simd, threaded] = await Promise.all([
    import('@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.wasm?url'),
    import('@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm?url'),
    import('@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.wasm?url'),
  ]);
  return {
    'tfjs-backend-wasm.wasm': plain.default,
    'tfjs-backend-wasm-simd.wasm': simd.default,
    'tfjs-backend-wasm-threaded-simd.wasm': threaded.default,
  };
}

/** The paths may be set once, before the backend starts; asking TensorFlow.js whether it has started would start it. */
let prepared: Promise<void> | undefined;

async function prepare(path: string | undefined): Promise<void> {
  registerWasmKernels();
  setWasmPaths(path ?? (await binaries()));
  if (globalThis.crossOriginIsolated) setThreadsCount(navigator.hardwareConcurrency);
}

/**
 * Makes WebAssembly the current backend and returns the threads that it computes with: one unless the page is
 * cross-origin isolated. `path`: a folder that holds the binaries, instead of those in the bundle.
 */
export async function startWasm(path?: string): Promise<number> {
  prepared ??= prepare(path);
  await prepared;
  if (!(await setBackend('wasm'))) throw new Error('The WebAssembly backend did not start.');
  return getThreadsCount();
}
