import { type TensorInfo, Tile } from '@tensorflow/tfjs-core';
import { floats, type KernelArgs, replaceKernel, sizeOf, stockKernel } from './heap.ts';

/** Repeats the first `length` values until they fill `count` times as many; doubles, so that copies are long. */
function repeatWithin(values: Float32Array, start: number, length: number, count: number): void {
  if (length === 1) {
    values.fill(values[start]!, start, start + count);
    return;
  }
  for (let filled = length; filled < length * count; ) {
    const next = Math.min(filled, length * count - filled);
    values.copyWithin(start + filled, start, start + next);
    filled += next;
  }
}

/** x repeated reps[i] times along axis i: broadcasting, and so the gradient of sums. The stock kernel is slow. */
export function tile(args: KernelArgs): TensorInfo {
  const { inputs, attrs, backend } = args;
  const x = inputs.x!;
  const reps = attrs.reps as number[];
  if (x.dtype !== 'float32') return stockKernel(Tile)(args);
  const shape = x.shape.map((size, axis) => size * reps[axis]!);
  const out = backend.makeOutput(shape, 'float32');
  if (sizeOf(shape) === 0) return out;
  const [from, to] = [floats(backend, x), floats(backend, out)];
  const rank = shape.length;
  const inner = x.shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const copy = (axis: number, source: number, target: number): void => {
    if (axis === rank) {
      to[target] = from[source]!;
      return;
    }
    const [size, step] = [x.shape[axis]!, inner[axis]!];
    const sourceStep = sizeOf(x.shape.slice(axis + 1));
    if (axis === rank - 1) to.set(from.subarray(source, source + size), target);
    else for (let i = 0; i < size; i++) copy(axis + 1, source + i * sourceStep, target + i * step);
    repeatWithin(to, target, size * step, reps[axis]!);
  };
  copy(0, 0, 0);
  return out;
}

export const registerTile = (): void => replaceKernel(Tile, tile);
