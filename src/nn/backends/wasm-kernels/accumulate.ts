import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { addressOf, sizeOf, withScratch } from './heap.ts';
import type { Task } from './routines.ts';
import { placeOf, ranges, runTasks, simdLoops, threadsOf } from './simd/module.ts';

/**
 * Adds to `out` what `task` makes of ranges of [0, count), a sum of its own for each thread; these are added in order, so
 * that the same threads give the same bits.
 */
export function accumulate(
  backend: BackendWasm,
  out: TensorInfo,
  count: number,
  task: (to: number, first: number, some: number) => Task,
  scratchBytes: number,
): void {
  const size = sizeOf(out.shape);
  const parts = ranges(count, threadsOf(backend));
  const to = addressOf(backend, out);
  withScratch(backend, 4 * size * parts.length, (sums) => {
    placeOf(backend)
      .floats()
      .fill(0, sums / 4, sums / 4 + size * parts.length);
    const sumOf = (i: number): number => (i === 0 ? to : sums + 4 * size * (i - 1));
    runTasks(
      backend,
      parts.map(([first, some], i) => task(sumOf(i), first, some)),
      scratchBytes,
    );
    const { addRuns } = simdLoops(backend);
    for (let i = 1; i < parts.length; i++) addRuns(to, 0, sumOf(i), 0, 1, size);
  });
}
