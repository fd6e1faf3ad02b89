import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { floats, sizeOf } from './heap.ts';

/** Side of the square blocks whose rows and columns stay in the first-level cache: 2 x 4 KiB. */
const SIDE = 32;

/** Writes the transpose of from[start ...], a matrix [rows, columns], at to[target ...]; block by block. */
export function transposeInto(
  from: Float32Array,
  start: number,
  to: Float32Array,
  target: number,
  rows: number,
  columns: number,
): void {
  for (let top = 0; top < rows; top += SIDE) {
    const bottom = Math.min(rows, top + SIDE);
    for (let left = 0; left < columns; left += SIDE) {
      const right = Math.min(columns, left + SIDE);
      for (let column = left; column < right; column++) {
        const base = target + column * rows;
        for (let row = top; row < bottom; row++) to[base + row] = from[start + row * columns + column]!;
      }
    }
  }
}

/** x [..., rows, columns] with leading sizes of one -> [..., columns, rows], in a new tensor. */
export function transposedCopy(backend: BackendWasm, x: TensorInfo): TensorInfo {
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  if (sizeOf(x.shape) !== rows * columns) throw new Error(`transposedCopy takes one matrix, not [${x.shape}]`);
  const out = backend.makeOutput([...x.shape.slice(0, -2), columns, rows], 'float32');
  transposeInto(floats(backend, x), 0, floats(backend, out), 0, rows, columns);
  return out;
}
