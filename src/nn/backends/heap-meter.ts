/** What tensors take of WebAssembly's heap, and what happens when it is full: TensorFlow.js asks for neither. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { util } from '@tensorflow/tfjs-core';
import { ProblemError } from '../../protocol/problems.ts';

/** Bytes of tensors, each buffer once: now, and the most at once since somebody set it back. */
export const heap = { bytes: 0, most: 0 };

/** The allocator of the Emscripten module, which its types leave out. */
interface Allocator {
  _malloc(bytes: number): number;
  _free(address: number): void;
}

const metered = new WeakSet<BackendWasm>();

/**
 * Counts from here on. Stock TensorFlow.js does not look at what the allocator says: without memory it goes on at address
 * 0 and destroys what is there. Here it throws `out-of-memory`.
 */
export function meterHeap(backend: BackendWasm): void {
  if (metered.has(backend)) return;
  metered.add(backend);
  heap.bytes = 0;
  heap.most = 0;
  const allocator = backend.wasm as unknown as Allocator;
  // the first call of an Emscripten function puts another in its place
  allocator._free(allocator._malloc(1));
  const allocate = allocator._malloc;
  allocator._malloc = (bytes) => {
    const address = allocate(bytes);
    if (address === 0 && bytes > 0) throw new ProblemError('out-of-memory', { bytes });
    return address;
  };
  const { move, disposeData, memory } = backend;
  const sizes = new WeakMap<object, number>();
  backend.move = (dataId, values, shape, dtype, refCount) => {
    move.call(backend, dataId, values, shape, dtype, refCount);
    const bytes = dtype === 'string' ? 0 : util.sizeFromShape(shape) * util.bytesPerElement(dtype);
    sizes.set(dataId, bytes);
    heap.bytes += bytes;
    heap.most = Math.max(heap.most, heap.bytes);
  };
  backend.disposeData = (dataId, force) => {
    const gone = disposeData.call(backend, dataId, force);
    if (gone) {
      heap.bytes -= sizes.get(dataId) ?? 0;
      sizes.delete(dataId);
    }
    return gone;
  };
  backend.memory = () => ({ ...memory.call(backend), numBytesOnHeap: heap.bytes, mostBytesOnHeap: heap.most });
}
