import * as tf from '@tensorflow/tfjs-core';

/** Live bytes by the backend's own count: buffers on the device, or the tensors of a backend that has none. */
export function memoryBytes(): number {
  const memory = tf.memory() as tf.MemoryInfo & { numBytesInGPU?: number };
  return memory.numBytesInGPU ?? memory.numBytes;
}

export const tensorCount = (): number => tf.memory().numTensors;
