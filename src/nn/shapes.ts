import type { Architecture, ConvOptions, Dim, DType, PoolOptions, Prims } from './core.ts';

/** A value of which only shape and type are known. */
export interface Abstract {
  shape: readonly Dim[];
  dtype: DType;
}

/** A product of sizes, apart: its number and its symbols in order. A sum such as `'P+T'` is one symbol. */
function factors(dims: readonly Dim[]): { number: number; symbols: string[] } {
  let number = 1;
  const symbols: string[] = [];
  for (const factor of dims.flatMap((dim): Dim[] => (typeof dim === 'string' ? dim.split('*') : [dim]))) {
    const value = Number(factor);
    if (Number.isNaN(value)) symbols.push(String(factor));
    else number *= value;
  }
  return { number, symbols: symbols.sort() };
}

/** The product as a canonical monomial: `[2, 'T', 'B']` -> `'2*B*T'`. */
export function product(dims: readonly Dim[]): Dim {
  const { number, symbols } = factors(dims);
  if (symbols.length === 0) return number;
  return [...(number === 1 ? [] : [number]), ...symbols].join('*');
}

function quotient(all: readonly Dim[], by: readonly Dim[]): Dim {
  const top = factors(all);
  const bottom = factors(by);
  const rest = [...top.symbols];
  for (const symbol of bottom.symbols) {
    const at = rest.indexOf(symbol);
    if (at < 0) throw new Error(`cannot infer -1: [${all}] / [${by}]`);
    rest.splice(at, 1);
  }
  return product([top.number / bottom.number, ...rest]);
}

function known(dim: Dim | undefined): number {
  if (typeof dim !== 'number') throw new Error(`dimension ${dim} is symbolic here`);
  return dim;
}

export function broadcast(a: readonly Dim[], b: readonly Dim[]): Dim[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[a.length - rank + i] ?? 1;
    const y = b[b.length - rank + i] ?? 1;
    if (x === y || y === 1) return x;
    if (x === 1) return y;
    throw new Error(`shapes [${a}] and [${b}] do not broadcast`);
  });
}

export const axisOf = (rank: number, axis: number): number => (axis < 0 ? axis + rank : axis);

/** Output size along one side of a window that slides. */
export function slide(size: number, window: number, o: ConvOptions | PoolOptions): number {
  const reach = (window - 1) * (('dilation' in o && o.dilation) || 1) + 1;
  if (o.pad === 'same') return Math.ceil(size / o.stride);
  return Math.floor((size + 2 * (o.pad === 'valid' ? 0 : o.pad) - reach) / o.stride) + 1;
}

/** The interpreter that knows shapes only; `concat` and `slice` make new symbols when they must. */
export const shapes: Prims<Abstract> = {
  weight: (_name, spec) => ({ shape: spec.shape, dtype: 'float32' }),
  constant: (value, dtype) => ({ shape: typeof value === 'number' ? [] : value.shape, dtype: dtype ?? 'float32' }),
  unary: (kind, x) => ({ shape: x.shape, dtype: kind === 'toFloat' ? 'float32' : x.dtype }),
  binary(kind, a, b) {
    if (a.dtype !== b.dtype) throw new Error(`${kind} of ${a.dtype} and ${b.dtype}`);
    return { shape: broadcast(a.shape, b.shape), dtype: kind === 'lessEqual' ? 'bool' : a.dtype };
  },
  select: (condition, a, b) => ({ shape: broadcast(condition.shape, broadcast(a.shape, b.shape)), dtype: a.dtype }),
  matMul(a, b, transposeB) {
    const [m, inner] = a.shape.slice(-2);
    const [rows, columns] = b.shape.slice(-2);
    if (inner !== (transposeB ? columns : rows))
      throw new Error(`matMul of [${a.shape}] and [${b.shape}]${transposeB ? ' transposed' : ''}`);
    const batch = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
    return { shape: [...batch, m!, (transposeB ? rows : columns)!], dtype: a.dtype };
  },
  reshape(x, dims) {
    const shape = dims.map((dim, i): Dim => (dim === 0 ? x.shape[i]! : dim));
    const inferred = shape.indexOf(-1);
    if (inferred >= 0)
      shape[inferred] = quotient(
        x.shape,
        shape.filter((_, i) => i !== inferred),
      );
    if (String(product(shape)) !== String(product(x.shape))) throw new Error(`reshape of [${x.shape}] to [${shape}]`);
    return { shape, dtype: x.dtype };
  },
  transpose: (x, perm) => ({ shape: perm.map((from) => x.shape[from]!), dtype: x.dtype }),
  concat(xs, axis) {
    const first = xs[0]!;
    const at = axisOf(first.shape.length, axis);
    const sizes = xs.map((x) => x.shape[at]!);
    const total: Dim = sizes.every((size) => typeof size === 'number')
      ? sizes.reduce<number>((sum, size) => sum + Number(size), 0)
      : sizes.join('+');
    return { shape: first.shape.map((dim, i) => (i === at ? total : dim)), dtype: first.dtype };
  },
  slice(x, axis, begin, end) {
    const at = axisOf(x.shape.length, axis);
    const size = x.shape[at]!;
    const taken = (): Dim => {
      if (end !== undefined && begin < 0 === end < 0) return end - begin;
      if (end === undefined && begin < 0) return -begin;
      // what was put in front is taken away again
      if (end === undefined && String(size).startsWith(`${begin}+`)) return String(size).slice(`${begin}+`.length);
      if (typeof size === 'number') return (end === undefined ? size : end < 0 ? size + end : end) - begin;
      return `${size}-${begin}`;
    };
    return { shape: x.shape.map((dim, i) => (i === at ? taken() : dim)), dtype: x.dtype };
  },
  gather: (table, ids) => ({ shape: [...ids.shape, ...table.shape.slice(1)], dtype: table.dtype }),
  expand: (x, like) => ({ shape: [like.shape[0]!, ...x.shape.slice(1)], dtype: x.dtype }),
  reduce(_kind, x, axes, keepDims) {
    const gone = new Set(axes.map((axis) => axisOf(x.shape.length, axis)));
    return { shape: x.shape.flatMap((dim, i) => (gone.has(i) ? (keepDims ? [1] : []) : [dim])), dtype: x.dtype };
  },
  softmax: (x) => x,
  conv2d(x, kernel, o) {
    const [batch, height, width] = x.shape;
    const [kh, kw, channels, out] = kernel.shape.map(known);
    return {
      shape: [batch!, slide(known(height), kh!, o), slide(known(width), kw!, o), o.depthwise ? channels! * out! : out!],
      dtype: x.dtype,
    };
  },
  pool2d(_kind, x, o) {
    const [batch, height, width, channels] = x.shape;
    return {
      shape: [batch!, slide(known(height), o.size, o), slide(known(width), o.size, o), channels!],
      dtype: x.dtype,
    };
  },
  range: (x, axis) => ({ shape: [x.shape[axisOf(x.shape.length, axis)]!], dtype: 'int32' }),
  size: () => ({ shape: [], dtype: 'int32' }),
  dropout: (_name, x) => x,
  width: (x) => known(x.shape.at(-1)),
};

/** The architecture's inputs, with symbols replaced by `sizes` where it has them. */
export const abstractInputs = (
  inputs: Architecture['inputs'],
  sizes: Readonly<Record<string, number>> = {},
): Record<string, Abstract> =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, spec]) => [
      name,
      { shape: spec.shape.map((dim) => (typeof dim === 'string' ? (sizes[dim] ?? dim) : dim)), dtype: spec.dtype },
    ]),
  );
