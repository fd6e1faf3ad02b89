import type { Architecture, Ops, Prims, WeightSpec, WeightUse } from './core.ts';
import { derive } from './derive.ts';
import { type Abstract, abstractInputs, product, shapes } from './shapes.ts';

export interface StageProfile {
  name: string;
  /** Forward floating point operations of one example; a multiply-add counts as two. */
  flops: number;
  /** Of the gradients of one example: those of what trains, and of what depends on it. */
  backwardFlops: number;
  /** Of both, what matrix products and convolutions do: all that a device's peak is about. */
  productFlops: { forward: number; backward: number };
  /** What its operations give out for one example: what a backward pass keeps. */
  activationBytes: number;
  /** Names of the weights it reads. */
  weights: readonly string[];
  /** Values that it leaves, by name. */
  output: Readonly<Record<string, Abstract>>;
}
export interface Profile {
  stages: readonly StageProfile[];
  weights: ReadonlyMap<string, WeightSpec>;
}

/**
 * Shapes, weights and cost of an architecture, per stage, for one example. Nothing runs. With `trainable`, what gradients
 * of these weights cost: an operation's gradient by an operand costs what the operation does, and is made for operands that
 * depend on such a weight alone.
 */
export function profile(
  architecture: Architecture,
  sizes: Readonly<Record<string, number>> = { B: 1 },
  trainable: ReadonlySet<string> = new Set(),
): Profile {
  const weights = new Map<string, WeightSpec>();
  let used = new Set<string>();
  let flops = 0;
  let backward = 0;
  let products = { forward: 0, backward: 0 };
  let bytes = 0;
  /** What depends on a weight that trains. */
  const moving = new WeakSet<Abstract>();
  const count = (x: Abstract): number => Number(product(x.shape));
  const follow = (y: Abstract, operations: number, operands: readonly Abstract[], multiplied = 0): Abstract => {
    const depends = operands.filter((x) => moving.has(x)).length;
    flops += operations;
    backward += depends * operations;
    products.forward += multiplied;
    products.backward += depends * multiplied;
    if (depends > 0) moving.add(y);
    return y;
  };
  const keep = (y: Abstract, operations: number, ...operands: readonly Abstract[]): Abstract => {
    bytes += 4 * count(y);
    return follow(y, operations, operands);
  };
  /** `multiplied` of the operations are a product's. */
  const multiply = (y: Abstract, multiplied: number, operands: readonly Abstract[], more = 0): Abstract => {
    bytes += 4 * count(y);
    return follow(y, multiplied + more, operands, multiplied);
  };
  const counted: Prims<Abstract> = {
    ...shapes,
    weight(name, spec) {
      const known = weights.get(name);
      if (known && String(known.shape) !== String(spec.shape))
        throw new Error(`${name} is used as [${known.shape}] and as [${spec.shape}]`);
      if (!known) weights.set(name, spec);
      used.add(name);
      const value = shapes.weight(name, spec);
      if (trainable.has(name)) moving.add(value);
      return value;
    },
    unary: (kind, x) => keep(shapes.unary(kind, x), count(x), x),
    binary(kind, a, b) {
      const y = shapes.binary(kind, a, b);
      return keep(y, count(y), a, b);
    },
    select(condition, a, b) {
      const y = shapes.select(condition, a, b);
      return keep(y, count(y), a, b);
    },
    matMul(a, b, transposeB) {
      const y = shapes.matMul(a, b, transposeB);
      return multiply(y, 2 * count(y) * Number(a.shape.at(-1)), [a, b]);
    },
    reshape: (x, dims) => follow(shapes.reshape(x, dims), 0, [x]),
    transpose: (x, perm) => keep(shapes.transpose(x, perm), 0, x),
    concat: (xs, axis) => keep(shapes.concat(xs, axis), 0, ...xs),
    slice: (x, axis, begin, end) => keep(shapes.slice(x, axis, begin, end), 0, x),
    gather: (table, ids) => keep(shapes.gather(table, ids), 0, table),
    expand: (x, like) => keep(shapes.expand(x, like), 0, x),
    reduce: (kind, x, axes, keepDims) => keep(shapes.reduce(kind, x, axes, keepDims), count(x), x),
    softmax: (x) => keep(x, 5 * count(x), x),
    conv2d(x, kernel, o) {
      const y = shapes.conv2d(x, kernel, o);
      const [kh, kw, channels] = kernel.shape.map(Number);
      const epilogues = (o.bias ? 1 : 0) + (o.activation ? 1 : 0);
      bytes += 4 * count(y) * epilogues;
      if (o.bias && moving.has(o.bias)) moving.add(y);
      const multiplied = 2 * count(y) * kh! * kw! * (o.depthwise ? 1 : channels!);
      return multiply(y, multiplied, [x, kernel], count(y) * epilogues);
    },
    pool2d(kind, x, o) {
      const y = shapes.pool2d(kind, x, o);
      return keep(y, count(y) * o.size * o.size, x);
    },
    dropout: (name, x, rate) => (rate > 0 ? keep(shapes.dropout(name, x, rate), count(x), x) : x),
  };

  const ops: Ops<Abstract> = derive(counted);
  let values: Readonly<Record<string, Abstract>> = abstractInputs(architecture.inputs, sizes);
  const stages = architecture.stages.map((stage): StageProfile => {
    used = new Set();
    flops = 0;
    backward = 0;
    products = { forward: 0, backward: 0 };
    bytes = 0;
    const output = stage.run(ops, values);
    for (const name of stage.writes) if (!output[name]) throw new Error(`${stage.name} promises ${name}`);
    values = { ...values, ...output };
    return {
      name: stage.name,
      flops,
      backwardFlops: backward,
      productFlops: products,
      activationBytes: bytes,
      weights: [...used],
      output,
    };
  });
  return { stages, weights };
}

/** Every weight with the stages that read it. */
export function weightUses({ stages, weights }: Profile): WeightUse[] {
  return [...weights].map(([name, spec]) => ({
    name,
    spec,
    stages: stages.flatMap((stage, i) => (stage.weights.includes(name) ? [i] : [])),
  }));
}

/** Read by the last stage and by nothing else. A tied table is not part of the head. */
export const isHeadWeight = ({ stages }: Pick<WeightUse, 'stages'>, { stages: all }: Architecture): boolean =>
  stages.length === 1 && stages[0] === all.length - 1;

export const sizeOf = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);

/** Values that stages from `boundary` on read, or the output: what must outlive the stages before it. */
export function liveAt(architecture: Architecture, boundary: number): string[] {
  const live = new Set([architecture.output]);
  for (let i = architecture.stages.length - 1; i >= boundary; i--) {
    const stage = architecture.stages[i]!;
    for (const name of stage.writes) live.delete(name);
    for (const name of stage.reads) live.add(name);
  }
  return [...live];
}
