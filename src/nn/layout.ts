import type { RawTensor } from '../lib/safetensors.ts';
import type { Stored, WeightSpec } from './core.ts';
import { sizeOf } from './profile.ts';

/** From the file's axes to memory's, and back. A depthwise kernel is [C, 1, h, w] on disk, [h, w, C, 1] in memory. */
const toMemoryAxes: Record<Exclude<Stored, 'same'>, readonly number[]> = {
  transposed: [1, 0],
  oihw: [2, 3, 1, 0],
  'oihw-depthwise': [2, 3, 0, 1],
};
const toDiskAxes: Record<Exclude<Stored, 'same'>, readonly number[]> = {
  transposed: [1, 0],
  oihw: [3, 2, 0, 1],
  'oihw-depthwise': [2, 3, 0, 1],
};

/** Transposes row-major data: axis i of the result is axis `axes[i]` of `shape`. */
export function permute(
  data: Float32Array,
  shape: readonly number[],
  axes: readonly number[],
): { shape: number[]; data: Float32Array } {
  const strides = shape.map((_, i) => sizeOf(shape.slice(i + 1)));
  const outShape = axes.map((axis) => shape[axis]!);
  const steps = axes.map((axis) => strides[axis]!);
  const out = new Float32Array(data.length);
  const index = new Array<number>(axes.length).fill(0);
  let from = 0;
  for (let to = 0; to < out.length; to++) {
    out[to] = data[from]!;
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      from += steps[axis]!;
      index[axis]!++;
      if (index[axis]! < outShape[axis]!) break;
      from -= steps[axis]! * outShape[axis]!;
      index[axis] = 0;
    }
  }
  return { shape: outShape, data: out };
}

/** Values of a weight in memory's layout, or undefined where the file's shape does not fit the spec. */
export function fromDisk(raw: RawTensor, spec: WeightSpec): Float32Array | undefined {
  if (!(raw.data instanceof Float32Array)) return undefined;
  const { shape, data } =
    !spec.stored || spec.stored === 'same'
      ? { shape: raw.shape, data: raw.data }
      : raw.shape.length === spec.shape.length
        ? permute(raw.data, raw.shape, toMemoryAxes[spec.stored])
        : { shape: [], data: raw.data };
  return String(shape) === String(spec.shape) ? data : undefined;
}

/** The weight as the file holds it. */
export const toDisk = (data: Float32Array, spec: WeightSpec): { shape: readonly number[]; data: Float32Array } =>
  !spec.stored || spec.stored === 'same'
    ? { shape: spec.shape, data }
    : permute(data, spec.shape, toDiskAxes[spec.stored]);

/** The shape that the file holds it in. */
export const diskShape = ({ shape, stored }: WeightSpec): readonly number[] =>
  !stored || stored === 'same' ? shape : toDiskAxes[stored].map((axis) => shape[axis]!);
