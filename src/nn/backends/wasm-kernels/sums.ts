import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { backend_util, Mean, Sum, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { accumulate } from './accumulate.ts';
import { addressOf, floats, type KernelArgs, replaceKernel, sizeOf, stockKernel, zeros } from './heap.ts';
import type { Task } from './routines.ts';
import { runTasks } from './simd/module.ts';

/** Elements whose sum is worth sharing among threads. */
const SHARED = 32 * 1024;

/** [outer, rows, columns] whose middle is summed; undefined when the reduced axes are not next to one another. */
function asMatrix(shape: readonly number[], axes: readonly number[]): [number, number, number] | undefined {
  const first = axes[0] ?? 0;
  if (axes.length === 0 || axes.some((axis, i) => axis !== first + i)) return undefined;
  const end = first + axes.length;
  return [sizeOf(shape.slice(0, first)), sizeOf(shape.slice(first, end)), sizeOf(shape.slice(end))];
}

/** Sums the rows of each of `outer` matrices [rows, columns] -> [outer, columns]. */
function sumColumns(backend: BackendWasm, x: TensorInfo, [outer, rows, columns]: [number, number, number]): TensorInfo {
  const out = zeros(backend, [outer, columns]);
  const [from, to] = [addressOf(backend, x), addressOf(backend, out)];
  const bytes = 4 * columns;
  if (outer === 1 && rows * columns >= SHARED) {
    const task = (sum: number, first: number, some: number): Task => [
      'sumColumns',
      [from + first * bytes, sum, some, columns],
    ];
    accumulate(backend, out, rows, task, bytes);
    return out;
  }
  const tasks = Array.from(
    { length: outer },
    (_, o): Task => ['sumColumns', [from + o * rows * bytes, to + o * bytes, rows, columns]],
  );
  runTasks(backend, tasks, bytes);
  return out;
}

/**
 * Sum and Mean over neighbouring axes that are not the last (bias gradients, global average pooling), one pass over
 * the memory where the stock kernels transpose first. Other reductions go to the stock kernel.
 */
function reduce(name: typeof Sum | typeof Mean, args: KernelArgs): TensorInfo {
  const { inputs, attrs, backend } = args;
  const x = inputs.x!;
  const axes = util.parseAxisParam(attrs.axis as number | number[], x.shape).sort((a, b) => a - b);
  const matrix = asMatrix(x.shape, axes);
  if (x.dtype !== 'float32' || !matrix || matrix[2] === 1 || sizeOf(x.shape) === 0) return stockKernel(name)(args);
  const out = sumColumns(backend, x, matrix);
  if (name === Mean) {
    const values = floats(backend, out);
    for (let i = 0; i < values.length; i++) values[i]! /= matrix[1];
  }
  const [shape] = backend_util.computeOutAndReduceShapes(x.shape, axes);
  out.shape = attrs.keepDims ? backend_util.expandShapeToKeepDim(shape, axes) : shape;
  return out;
}

const sum = (args: KernelArgs): TensorInfo => reduce(Sum, args);
const mean = (args: KernelArgs): TensorInfo => reduce(Mean, args);

export function registerSums(): void {
  replaceKernel(Sum, sum);
  replaceKernel(Mean, mean);
}
