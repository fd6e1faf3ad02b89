import type { Binary, Ops, Prims, Unary, WeightSpec } from '../core.ts';
import { derive } from '../derive.ts';
import { type Abstract, shapes } from '../shapes.ts';
import type { TapedKernel } from '../tape-reads.ts';
import type { Held } from './ledger.ts';
import type { Recorder } from './recorder.ts';

/** The kernels of `run.ts`. */
const UNARY: Record<Unary, TapedKernel> = {
  neg: 'Neg',
  exp: 'Exp',
  sqrt: 'Sqrt',
  rsqrt: 'Rsqrt',
  tanh: 'Tanh',
  erf: 'Erf',
  relu: 'Relu',
  relu6: 'Relu6',
  sigmoid: 'Sigmoid',
  toFloat: 'Cast',
};
const BINARY: Record<Binary, TapedKernel> = {
  add: 'Add',
  sub: 'Sub',
  mul: 'Multiply',
  div: 'RealDiv',
  min: 'Minimum',
  max: 'Maximum',
  lessEqual: 'LessEqual',
};

export interface HeldOptions {
  /** Weights are counted apart. */
  weight(name: string, spec: WeightSpec): Held;
  /** Whether a normalisation layer uses the batch's own statistics. */
  batchStatistics(name: string): boolean;
}

/** A constant, an index, a size: nothing to speak of. */
const small = (shape: Abstract): Held => ({ ...shape, buffer: { bytes: 0, holders: 1 } });

/** `runPrims` (`run.ts`) over shapes: what each primitive allocates there, and by which kernel the tape knows it. */
export function heldPrims(r: Recorder, o: HeldOptions): Prims<Held> {
  const multiply = (a: Held, b: Held): Held => r.kernel('Multiply', r.made(shapes.binary('mul', a, b)), { a, b });
  const add = (a: Held, b: Held): Held => r.kernel('Add', r.made(shapes.binary('add', a, b)), { a, b });
  const reshape = (x: Held, dims: readonly number[]): Held =>
    r.kernel('Reshape', r.shared(x, shapes.reshape(x, dims)), { x });
  const matMul = (a: Held, b: Held, transposeB?: boolean): Held =>
    r.kernel('BatchMatMul', r.made(shapes.matMul(a, b, transposeB)), { a, b });
  const unary = (kind: Unary, x: Held): Held => r.kernel(UNARY[kind], r.made(shapes.unary(kind, x)), { x });

  const prims: Prims<Held> = {
    weight: o.weight,
    constant: (value, dtype) =>
      typeof value === 'number' ? small(shapes.constant(value, dtype)) : r.made(shapes.constant(value, dtype)),
    unary,
    binary: (kind, a, b) => r.kernel(BINARY[kind], r.made(shapes.binary(kind, a, b)), { a, b }),
    select: (condition, a, b) => r.kernel('Select', r.made(shapes.select(condition, a, b)), { condition, a, b }),
    matMul,
    reshape,
    transpose: (x, perm) => r.kernel('Transpose', r.made(shapes.transpose(x, perm)), { x }),
    concat: (xs, axis) => r.kernel('Concat', r.made(shapes.concat(xs, axis)), Object.fromEntries(xs.entries())),
    slice: (x, axis, begin, end) => r.kernel('Slice', r.made(shapes.slice(x, axis, begin, end)), { x }),
    gather: (x, indices) => r.kernel('GatherV2', r.made(shapes.gather(x, indices)), { x, indices }),
    expand: (x, like) => r.kernel('Tile', r.made(shapes.expand(x, like)), { x }),
    reduce: (kind, x, axes, keepDims) =>
      r.kernel(kind === 'sum' ? 'Sum' : 'Mean', r.made(shapes.reduce(kind, x, axes, keepDims)), { x }),
    softmax: (x) => r.kernel('Softmax', r.made(shapes.softmax(x)), { x }),
    conv2d(x, filter, c) {
      const shape = shapes.conv2d(x, filter, c);
      // without a tape all of it is one kernel
      if (!r.records) return r.made(shape);
      const [kh, kw] = filter.shape;
      let y: Held;
      if (kh === 1 && kw === 1 && c.stride === 1 && !c.depthwise) {
        const rows = reshape(x, [-1, Number(x.shape[3])]);
        const product = matMul(rows, reshape(filter, filter.shape.slice(2).map(Number)));
        y = r.kernel('Reshape', r.shared(product, shape), { x: product });
      } else y = r.kernel(c.depthwise ? 'DepthwiseConv2dNative' : 'Conv2D', r.made(shape), { x, filter });
      if (c.bias) y = add(y, c.bias);
      return c.activation ? unary(c.activation, y) : y;
    },
    pool2d: (kind, x, c) => r.kernel(kind === 'max' ? 'MaxPool' : 'AvgPool', r.made(shapes.pool2d(kind, x, c)), { x }),
    range: (x, axis) => small(shapes.range(x, axis)),
    size: (x, axis) => small(shapes.size(x, axis)),
    dropout(_name, x, rate, of = 'entries') {
      if (!r.records || rate === 0) return x;
      const mask = of === 'entries' ? x.shape : x.shape.map((dim, i) => (i === 0 ? dim : 1));
      return multiply(x, r.made({ shape: mask, dtype: 'float32' }));
    },
    width: shapes.width,
    batchStatistics: (name) => (r.records && o.batchStatistics(name) ? (x) => byBatch(prims, name, x) : undefined),
  };
  return prims;
}

/** `normaliseByBatch` of `run.ts`. */
function byBatch(p: Prims<Held>, name: string, x: Held): Held {
  const width = p.width(x);
  const axes = x.shape.map((_, i) => i).slice(0, -1);
  const centred = p.binary('sub', x, p.reduce('mean', x, axes, true));
  const variance = p.reduce('mean', p.binary('mul', centred, centred), axes, true);
  const unit = p.binary('mul', centred, p.unary('rsqrt', variance));
  const scaled = p.binary('mul', unit, p.weight(`${name}.weight`, { shape: [width], role: 'scale', init: 'ones' }));
  return p.binary('add', scaled, p.weight(`${name}.bias`, { shape: [width], role: 'bias', init: 'zeros' }));
}

/** What an interpreter does in one go, in the shape of `fusedOps` (`run.ts`). */
export type FusedHeld = (r: Recorder, composed: Ops<Held>) => Partial<Ops<Held>>;

/** Layer normalisation and GPT-2's GELU are one kernel each. */
export const wasmKernels: FusedHeld = (r, { activation, weight }) => ({
  activation: (kind, x) => (kind === 'gelu_new' ? r.kernel('GeluNew', r.made(x), { x }) : activation(kind, x)),
  layerNorm(name, x) {
    const shape = [x.shape.at(-1) as number];
    const scale = weight(`${name}.weight`, { shape, role: 'scale', init: 'ones' });
    const bias = weight(`${name}.bias`, { shape, role: 'bias', init: 'zeros' });
    return r.kernel('LayerNorm', r.made(x), { x, weight: scale, bias });
  },
});

export const heldOps = (r: Recorder, o: HeldOptions, fused: FusedHeld = () => ({})): Ops<Held> =>
  derive(heldPrims(r, o), (composed) => fused(r, composed));
