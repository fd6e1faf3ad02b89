/**
 * SIMD loops beside TensorFlow.js's own WebAssembly, on the same memory: its module is used as shipped and has neither
 * fast transposed products nor sums along columns nor most gradients of convolutions.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { assemble } from './assembler.ts';
import { exponential, geluNew, geluNewGrad } from './elementwise.ts';
import { layerNorm, layerNormGrad, layerNormWeightGrad } from './layer-norm.ts';
import { multiplyPanel, packPanel } from './product.ts';
import { addProducts, addRuns, addScaled, sumRows } from './rows.ts';

type Ints<N extends number, A extends number[] = []> = A['length'] extends N ? A : Ints<N, [...A, number]>;
type Loop<N extends number> = (...args: Ints<N>) => void;

/** All arguments are addresses, counts, strides in bytes, or floats; see the function that builds each. */
export interface SimdLoops {
  pack: Loop<5>;
  packTransposed: Loop<5>;
  multiply: Loop<10>;
  multiplyTransposed: Loop<10>;
  sumRows: Loop<5>;
  addProducts: Loop<7>;
  addScaled: Loop<7>;
  addRuns: Loop<6>;
  exponential: Loop<3>;
  geluNew: Loop<3>;
  geluNewGrad: Loop<4>;
  layerNorm: Loop<7>;
  layerNormGrad: Loop<7>;
  layerNormWeightGrad: Loop<6>;
}

/** What the Emscripten module exposes beyond its types: its exports, and its memory where threads share it. */
interface Internals {
  asm?: Record<string, unknown>;
  wasmMemory?: WebAssembly.Memory;
}

const loaded = new WeakMap<object, SimdLoops>();

function memoryOf(backend: BackendWasm): WebAssembly.Memory {
  const internals = backend.wasm as unknown as Internals;
  const memory =
    internals.wasmMemory ?? Object.values(internals.asm ?? {}).find((value) => value instanceof WebAssembly.Memory);
  if (!(memory instanceof WebAssembly.Memory)) throw new Error('The WebAssembly backend shows no memory to share.');
  return memory;
}

/** The loops over this backend's memory, compiled at the first call (a few kilobytes, about a millisecond). */
export function simdLoops(backend: BackendWasm): SimdLoops {
  const known = loaded.get(backend);
  if (known) return known;
  const memory = memoryOf(backend);
  const shared = typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
  const functions = [
    packPanel(false),
    packPanel(true),
    multiplyPanel(false),
    multiplyPanel(true),
    sumRows(),
    addProducts(),
    addScaled(),
    addRuns(),
    exponential(),
    geluNew(),
    geluNewGrad(),
    layerNorm(),
    layerNormGrad(),
    layerNormWeightGrad(),
  ];
  const module = new WebAssembly.Module(assemble(functions, shared));
  const loops = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as SimdLoops;
  loaded.set(backend, loops);
  return loops;
}
