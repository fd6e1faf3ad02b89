import { loopsOn, type SimdLoops } from './simd/loops.ts';

/** A thread's view of the heap. */
export interface Place {
  loops: SimdLoops;
  /** The whole heap; taken anew when it has grown. */
  floats(): Float32Array;
}

/** Where a routine runs. */
export interface Site extends Place {
  /** Memory of this thread's own. */
  scratch: number;
}

/** The loops over a memory, and views of it. */
export function placeOn(module: WebAssembly.Module, memory: WebAssembly.Memory): Place {
  let view = new Float32Array(memory.buffer);
  const floats = (): Float32Array => {
    if (view.buffer !== memory.buffer) view = new Float32Array(memory.buffer);
    return view;
  };
  return { loops: loopsOn(module, memory), floats };
}
