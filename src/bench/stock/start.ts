/** TensorFlow.js as it comes: no kernel, no gradient and no flag of ours. */
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import type { BenchBackend } from '../../protocol/bench.ts';

const inNode = (): boolean => typeof process === 'object' && Boolean(process.versions?.node);

async function startWasm(): Promise<string> {
  // from a bundle its threads do not start: what they are given to run lacks names that the bundler changed
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  if (!inNode()) {
    const [plain, simd] = await Promise.all([
      import('@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.wasm?url'),
      import('@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm?url'),
    ]);
    setWasmPaths({
      'tfjs-backend-wasm.wasm': new URL(plain.default, import.meta.url).href,
      'tfjs-backend-wasm-simd.wasm': new URL(simd.default, import.meta.url).href,
      'tfjs-backend-wasm-threaded-simd.wasm': 'not used',
    });
  }
  await tf.setBackend('wasm');
  return 'wasm, 1 thread';
}

/** Starts a backend of TensorFlow.js with its own defaults; gives its words. Throws where the browser has none. */
export async function startStock(backend: BenchBackend): Promise<string> {
  if (backend === 'wasm') return startWasm();
  if (backend === 'webgpu') await import('@tensorflow/tfjs-backend-webgpu');
  else if (backend === 'webgl') await import('@tensorflow/tfjs-backend-webgl');
  else await import('@tensorflow/tfjs-backend-cpu');
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js has no ${backend} here.`);
  await tf.ready();
  return backend;
}
