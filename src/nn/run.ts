import * as tf from '@tensorflow/tfjs-core';
import { seedOf } from '../lib/random.ts';
import { geluNew, hasGeluNew } from './backends/gelu-new.ts';
import { hasLayerNorm, layerNorm } from './backends/layer-norm.ts';
import type { Architecture, NormOptions, Ops, Prims, Stage, Unary, Values } from './core.ts';
import { derive } from './derive.ts';
import { trainingBackend } from './kernels/backend.ts';
import { dropout } from './kernels/dropout.ts';
import { dropoutMask } from './kernels/random.ts';
import { noteMemory } from './memory.ts';
import type { Observer } from './observe.ts';
import { axisOf } from './shapes.ts';

/** New running statistics that a training step found; the caller owns the tensors. */
export type StatisticsUpdate = Map<string, tf.Tensor>;

export interface RunOptions {
  /** Looks a weight up; its shape is checked here. */
  weight(name: string): tf.Tensor;
  /** Numbers that operations need, made once. */
  constants: Constants;
  /** Dropout is on when given. */
  random?: { seed: number; step: number };
  /** Which normalisation layers use the batch's statistics, and where their new running statistics go. */
  statistics?: { batch(name: string): boolean; updates: StatisticsUpdate };
}

/** Scalars that are uploaded once and kept. */
export class Constants {
  private readonly kept = new Map<string, tf.Tensor>();

  scalar(value: number, dtype: 'float32' | 'int32' = 'float32'): tf.Scalar {
    const key = `${dtype}/${value}`;
    let tensor = this.kept.get(key);
    if (!tensor) {
      tensor = tf.keep(tf.scalar(value, dtype));
      this.kept.set(key, tensor);
    }
    return tensor as tf.Scalar;
  }

  dispose(): void {
    tf.dispose([...this.kept.values()]);
    this.kept.clear();
  }
}

const unary: Record<Unary, (x: tf.Tensor) => tf.Tensor> = {
  neg: tf.neg,
  exp: tf.exp,
  sqrt: tf.sqrt,
  rsqrt: tf.rsqrt,
  tanh: tf.tanh,
  erf: tf.erf,
  relu: tf.relu,
  relu6: tf.relu6,
  sigmoid: tf.sigmoid,
  toFloat: (x) => tf.cast(x, 'float32'),
};
const binary = {
  add: tf.add,
  sub: tf.sub,
  mul: tf.mul,
  div: tf.div,
  min: tf.minimum,
  max: tf.maximum,
  lessEqual: tf.lessEqual,
} as const;

/** Unbiased sample variance over biased, as PyTorch keeps it in its running statistics. */
const unbiased = (count: number): number => count / Math.max(1, count - 1);

/** TensorFlow.js tensors. Creates tensors and disposes none: the caller tidies. */
export function runPrims(o: RunOptions): Prims<tf.Tensor> {
  const prims: Prims<tf.Tensor> = {
    weight(name, spec) {
      const tensor = o.weight(name);
      if (String(tensor.shape) !== String(spec.shape))
        throw new Error(`${name} has shape [${tensor.shape}], expected [${spec.shape}]`);
      return tensor;
    },
    constant: (value, dtype = 'float32') =>
      typeof value === 'number' ? o.constants.scalar(value, dtype) : tf.tensor(value.data, [...value.shape], dtype),
    unary: (kind, x) => unary[kind](x),
    binary: (kind, a, b) => binary[kind](a, b),
    select: (condition, a, b) => tf.where(condition, a, b),
    matMul(a, b, transposeB = false) {
      if (b.rank > 2 || a.rank === 2) return tf.matMul(a, b, false, transposeB);
      // a product that broadcasts has no gradient: fold the batch into the rows
      const rows = tf.reshape(a, [-1, a.shape.at(-1)!]);
      const y = tf.matMul(rows, b as tf.Tensor2D, false, transposeB);
      return tf.reshape(y, [...a.shape.slice(0, -1), y.shape[1]!]);
    },
    reshape: (x, dims) =>
      tf.reshape(
        x,
        dims.map((dim, i) => (dim === 0 ? x.shape[i]! : dim)),
      ),
    transpose: (x, perm) => tf.transpose(x, [...perm]),
    concat: (xs, axis) => tf.concat([...xs], axis),
    slice(x, axis, begin, end) {
      const at = axisOf(x.rank, axis);
      const size = x.shape[at]!;
      const from = begin < 0 ? size + begin : begin;
      const to = end === undefined ? size : end < 0 ? size + end : end;
      return tf.slice(
        x,
        x.shape.map((_, i) => (i === at ? from : 0)),
        x.shape.map((dim, i) => (i === at ? to - from : dim)),
      );
    },
    gather: (table, ids) => tf.gather(table, ids as tf.Tensor1D),
    expand: (x, like) => tf.tile(x, [like.shape[0]!, ...x.shape.slice(1).map(() => 1)]),
    reduce: (kind, x, axes, keepDims) => (kind === 'sum' ? tf.sum : tf.mean)(x, [...axes], keepDims),
    softmax: (x) => tf.softmax(x),
    conv2d: (x, kernel, c) => conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, c),
    pool2d: (kind, x, c) =>
      kind === 'max'
        ? tf.maxPool(x as tf.Tensor4D, c.size, c.stride, c.pad)
        : tf.avgPool(x as tf.Tensor4D, c.size, c.stride, c.pad),
    range: (x, axis) => tf.range(0, x.shape[axisOf(x.rank, axis)]!, 1, 'int32'),
    size: (x, axis) => o.constants.scalar(x.shape[axisOf(x.rank, axis)]!, 'int32'),
    dropout(name, x, rate, of = 'entries') {
      if (!o.random || rate === 0) return x;
      const seed = seedOf(o.random.seed, o.random.step, name);
      const together = of === 'entries' ? 1 : x.size / x.shape[0]!;
      if (trainingBackend()) return dropout(x, { name, rate, seed, together });
      const shape = of === 'entries' ? x.shape : x.shape.map((dim, i) => (i === 0 ? dim : 1));
      return tf.mul(x, tf.tensor(dropoutMask(x.size / together, rate, seed), shape));
    },
    dropoutSeed: (name) => o.random && seedOf(o.random.seed, o.random.step, name),
    width: (x) => x.shape.at(-1)!,
    batchStatistics(name, norm) {
      const statistics = o.statistics;
      return statistics?.batch(name) ? (x) => normaliseByBatch(prims, o, name, x, norm, statistics.updates) : undefined;
    },
  };
  return prims;
}

type ConvArguments = Parameters<Prims<tf.Tensor>['conv2d']>[2];

const isPointwise = ([kh, kw]: readonly number[], { stride, depthwise }: ConvArguments): boolean =>
  kh === 1 && kw === 1 && stride === 1 && !depthwise;

/** [B, H, W, C] and [1, 1, C, O] to [B H W, C] and [C, O]: the stock gradients of 1 x 1 convolutions are naive. */
const asProduct = (x: tf.Tensor4D, filter: tf.Tensor4D) => ({
  a: tf.reshape(x, [-1, x.shape[3]]) as tf.Tensor2D,
  b: tf.reshape(filter, [filter.shape[2], filter.shape[3]]) as tf.Tensor2D,
});

const conv2d = (x: tf.Tensor4D, filter: tf.Tensor4D, c: ConvArguments): tf.Tensor =>
  (tf.engine().state.gradientDepth > 0 ? tapedConv2d : fusedConv2d)(x, filter, c);

function fusedConv2d(x: tf.Tensor4D, filter: tf.Tensor4D, c: ConvArguments): tf.Tensor {
  const fused = { ...(c.bias ? { bias: c.bias } : {}), activation: c.activation ?? 'linear' } as const;
  if (isPointwise(filter.shape, c)) {
    const y = tf.fused.matMul({ ...asProduct(x, filter), ...fused });
    return tf.reshape(y, [...x.shape.slice(0, 3), filter.shape[3]]);
  }
  const window = { x, filter, strides: c.stride, pad: c.pad, dilations: c.dilation ?? 1, ...fused };
  return c.depthwise ? tf.fused.depthwiseConv2d(window) : tf.fused.conv2d(window);
}

/**
 * Product, bias and activation apart: the gradient of what TensorFlow.js fuses computes those of all operands at once, of
 * frozen kernels too.
 */
function tapedConv2d(x: tf.Tensor4D, filter: tf.Tensor4D, c: ConvArguments): tf.Tensor {
  const convolve = c.depthwise ? tf.depthwiseConv2d : tf.conv2d;
  let y: tf.Tensor;
  if (isPointwise(filter.shape, c)) {
    const { a, b } = asProduct(x, filter);
    y = tf.reshape(tf.matMul(a, b), [...x.shape.slice(0, 3), filter.shape[3]]);
  } else y = convolve(x, filter, c.stride, c.pad, 'NHWC', c.dilation ?? 1);
  if (c.bias) y = tf.add(y, c.bias);
  return c.activation ? unary[c.activation](y) : y;
}

/** Ioffe and Szegedy 2015, algorithm 1; the running variance is the unbiased one, as in PyTorch. */
function normaliseByBatch(
  p: Prims<tf.Tensor>,
  o: RunOptions,
  name: string,
  x: tf.Tensor,
  { eps, momentum = 0.9 }: NormOptions,
  updates: StatisticsUpdate,
): tf.Tensor {
  const width = x.shape.at(-1)!;
  const axes = x.shape.map((_, i) => i).slice(0, -1);
  const mean = tf.mean(x, axes, true);
  const centred = tf.sub(x, mean);
  const variance = tf.mean(tf.square(centred), axes, true);
  const running = (suffix: string, init: 'zeros' | 'ones', value: tf.Tensor) => {
    const old = p.weight(`${name}.${suffix}`, { shape: [width], role: 'stat', init });
    const flat = tf.reshape(value, [width]);
    const mixed = tf.add(tf.mul(old, o.constants.scalar(momentum)), tf.mul(flat, o.constants.scalar(1 - momentum)));
    updates.set(`${name}.${suffix}`, tf.keep(mixed));
  };
  running('running_mean', 'zeros', mean);
  running('running_var', 'ones', tf.mul(variance, o.constants.scalar(unbiased(x.size / width))));
  const unit = tf.mul(centred, tf.rsqrt(tf.add(variance, o.constants.scalar(eps))));
  const scaled = tf.mul(unit, p.weight(`${name}.weight`, { shape: [width], role: 'scale', init: 'ones' }));
  return tf.add(scaled, p.weight(`${name}.bias`, { shape: [width], role: 'bias', init: 'zeros' }));
}

/** What some backend does in one go. */
const fusedOps = (composed: Ops<tf.Tensor>): Partial<Ops<tf.Tensor>> => {
  const { activation, layerNorm: composedNorm, weight } = composed;
  return {
    activation: (kind, x) => (kind === 'gelu_new' && hasGeluNew() ? geluNew(x) : activation(kind, x)),
    layerNorm(name, x, o) {
      if (!hasLayerNorm()) return composedNorm(name, x, o);
      const shape = [x.shape.at(-1)!];
      const scale = weight(`${name}.weight`, { shape, role: 'scale', init: 'ones' });
      return layerNorm(x, scale, weight(`${name}.bias`, { shape, role: 'bias', init: 'zeros' }), o.eps);
    },
  };
};

export const runOps = (o: RunOptions): Ops<tf.Tensor> => derive(runPrims(o), fusedOps);

/** Runs stages without tidying between them: for use under a tape. */
export function forward(stages: readonly Stage[], ops: Ops<tf.Tensor>, inputs: Values<tf.Tensor>): Values<tf.Tensor> {
  let values = inputs;
  for (const stage of stages) values = { ...values, ...stage.run(ops, values) };
  return values;
}

/**
 * Runs stages [from, to) without a tape. After each stage only what later stages read, or `keep`, survives.
 * The caller owns inputs and result; `observer` looks on.
 */
export function infer(
  architecture: Architecture,
  [from, to]: readonly [number, number],
  ops: Ops<tf.Tensor>,
  inputs: Values<tf.Tensor>,
  keep: readonly string[],
  observer?: Observer,
): Values<tf.Tensor> {
  let values: Record<string, tf.Tensor> = { ...inputs };
  const given = new Set(Object.values(inputs));
  const owned = new Set<tf.Tensor>();
  for (let i = from; i < to; i++) {
    const made = tf.tidy(() => {
      const left = { ...architecture.stages[i]!.run(observer?.watching(ops, i) ?? ops, values) };
      noteMemory();
      return left;
    });
    const next: Record<string, tf.Tensor> = { ...values, ...made };
    const live = new Set([...keep, ...architecture.stages.slice(i + 1, to).flatMap((stage) => stage.reads)]);
    for (const name of Object.keys(next)) if (!live.has(name)) delete next[name];
    for (const tensor of Object.values(made)) if (!given.has(tensor)) owned.add(tensor);
    const alive = new Set(Object.values(next));
    for (const tensor of owned) {
      if (alive.has(tensor)) continue;
      tensor.dispose();
      owned.delete(tensor);
    }
    values = next;
  }
  return values;
}
