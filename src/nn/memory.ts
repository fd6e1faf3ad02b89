import * as tf from '@tensorflow/tfjs-core';
import { heap } from './backends/heap-meter.ts';

/** What backends say of their memory beyond TensorFlow.js's own: WebGPU of its buffers, WebAssembly of its heap. */
interface DeviceMemory {
  numBytesInGPU?: number;
  numBytesOnHeap?: number;
  /** The most there ever were at once, since `takePeak`. */
  mostBytesOnHeap?: number;
}

/**
 * Live bytes by the backend's own count: buffers on the device, or the tensors of a backend that has none. Tensors that
 * share a buffer count once where the backend knows.
 */
export function memoryBytes(): number {
  const memory = tf.memory() as tf.MemoryInfo & DeviceMemory;
  return memory.numBytesInGPU ?? memory.numBytesOnHeap ?? memory.numBytes;
}

export const tensorCount = (): number => tf.memory().numTensors;

let most = 0;

/** Called where memory may be at its fullest. */
export function noteMemory(): void {
  const { mostBytesOnHeap = 0 } = tf.memory() as DeviceMemory;
  most = Math.max(most, memoryBytes(), mostBytesOnHeap);
}

/** The most bytes that `noteMemory` saw since this was last called. */
export function takePeak(): number {
  noteMemory();
  const peak = most;
  most = 0;
  heap.most = heap.bytes;
  return peak;
}

/** What `noteMemory` sees at most while `work` goes on. */
export function peakOf<T>(work: () => T): { result: T; peak: number } {
  const before = most;
  most = 0;
  try {
    const result = work();
    return { result, peak: most };
  } finally {
    most = Math.max(before, most);
  }
}
