/** Addresses on the WebAssembly heap. A typed view goes stale when memory grows: take every output first, then views. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { backend_util, KernelConfig, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { getKernel, registerKernel, unregisterKernel, util } from '@tensorflow/tfjs-core';

/** What a kernel is given. */
export interface KernelArgs {
  inputs: Record<string, TensorInfo>;
  attrs: Record<string, unknown>;
  backend: BackendWasm;
}

/** Byte address of a tensor's first element. */
export const addressOf = (backend: BackendWasm, tensor: TensorInfo): number =>
  backend.getMemoryOffset(tensor.dataId) >>> 0;

/** A float32 output filled with zeros. */
export function zeros(backend: BackendWasm, shape: number[]): TensorInfo {
  const out = backend.makeOutput(shape, 'float32');
  floats(backend, out).fill(0);
  return out;
}

export const floats = (backend: BackendWasm, tensor: TensorInfo): Float32Array =>
  backend.typedArrayFromHeap(tensor) as Float32Array;

/** The allocator of the Emscripten module, which its types leave out. */
interface Allocator {
  _malloc(bytes: number): number;
  _free(address: number): void;
}

/** Runs `use` with the address of `bytes` of scratch memory, freed afterwards. */
export function withScratch<R>(backend: BackendWasm, bytes: number, use: (address: number) => R): R {
  const allocator = backend.wasm as unknown as Allocator;
  const address = allocator._malloc(bytes) >>> 0;
  if (address === 0) throw new Error(`out of memory: ${bytes} bytes of scratch`);
  try {
    return use(address);
  } finally {
    allocator._free(address);
  }
}

/** The same values under another shape; shares memory, and is not to be disposed. */
export const viewAs = (tensor: TensorInfo, shape: number[]): TensorInfo => ({
  dataId: tensor.dataId,
  shape,
  dtype: tensor.dtype,
});

export const sizeOf = (shape: readonly number[]): number => util.sizeFromShape([...shape]);

export type Convolution = backend_util.Conv2DInfo;

/** Stock kernels that ours call or replace, as they were before the first replacement. */
const stock = new Map<string, KernelConfig>();

/** The kernel that TensorFlow.js ships. */
export function stockKernel(name: string): (args: KernelArgs) => TensorInfo {
  const config = stock.get(name) ?? getKernel(name, 'wasm');
  if (!config) throw new Error(`The WebAssembly backend has no kernel ${name}.`);
  return config.kernelFunc as unknown as (args: KernelArgs) => TensorInfo;
}

/** Registers a kernel in place of the stock one, if there is one; once, however often it is called. */
export function replaceKernel(name: string, kernel: (args: KernelArgs) => TensorInfo | TensorInfo[]): void {
  const present = getKernel(name, 'wasm');
  const kernelFunc = kernel as unknown as KernelFunc;
  if (present?.kernelFunc === kernelFunc) return;
  if (present) {
    stock.set(name, present);
    unregisterKernel(name, 'wasm');
  }
  // The stock set-up binds the C++ function that the stock kernel, which ours may call, needs.
  registerKernel({ ...present, kernelName: name, backendName: 'wasm', kernelFunc });
}
