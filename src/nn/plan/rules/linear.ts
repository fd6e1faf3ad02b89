/** Linear layers, with the low-rank pair beside them and the activation behind. */
import type { Activation, LinearOptions } from '../../core.ts';
import { linearWeights } from '../../derive.ts';
import type { Node } from '../graph.ts';
import { besideOf, intoPair } from './low-rank.ts';
import { each, inPlace, isOnce, node, type Rule, sumOf, weightNode, widthOf } from './rule.ts';

/** A pair of factors beside a weight, in the order of `LowRank` of the kernel. */
interface LowRankNodes {
  a: Node;
  b: Node;
  scale: number;
}
/** What the linear kernel is asked for; see `kernels/linear.ts`. */
export interface LinearCall {
  weights: readonly Node[];
  biases?: readonly Node[];
  transposed?: boolean;
  activation?: Activation;
  /** Added to the result, which then has no activation. */
  residual?: Node;
  lowRank?: readonly (LowRankNodes | undefined)[];
  /** What goes into the low-rank pairs where it is not x: x with some of it dropped. */
  dropped?: { name: string; rate: number };
}

/** linear(name, x, o) */
interface Linear {
  name: string;
  x: Node;
  o: LinearOptions;
}
const linearOf = (one: Node): Linear | undefined => {
  if (one.op !== 'linear') return undefined;
  const [name, x, o] = one.args as [string, Node, LinearOptions];
  return { name, x, o };
};

/** Every linear layer as the kernel takes it. */
export const linears: Rule = each((one) => {
  const layer = linearOf(one);
  if (!layer) return undefined;
  const { kernel, bias } = linearWeights(layer.name, widthOf(layer.x), layer.o);
  const [w, b] = [weightNode(kernel), bias && weightNode(bias)];
  const call: LinearCall = {
    weights: [w],
    ...(b ? { biases: [b] } : {}),
    ...(layer.o.tied === undefined ? {} : { transposed: true }),
  };
  return inPlace(one, [w, ...(b ? [b] : []), node('kernel.linear', [layer.x, call], one)]);
});

/** y + B (A x') scale of LoRA: the pair joins the product that it stands beside. */
export const lowRanks: Rule = each((one, uses) => {
  const { layer: y, up, scale } = besideOf(one, uses) ?? {};
  const layer = y && linearOf(y);
  const b = up && linearOf(up);
  const a = b && linearOf(b.x);
  if (!layer || !a || !b || a.o.bias !== false || b.o.bias !== false || scale === undefined) return undefined;
  if (!isOnce(uses, b.x) || [layer, a, b].some(({ o }) => o.tied !== undefined)) return undefined;
  const into = intoPair(a.x, layer.x, uses);
  if (!into) return undefined;
  const own = linearWeights(layer.name, widthOf(layer.x), layer.o);
  const [w, bias] = [weightNode(own.kernel), own.bias && weightNode(own.bias)];
  const factors = {
    a: weightNode(linearWeights(a.name, widthOf(layer.x), a.o).kernel),
    b: weightNode(linearWeights(b.name, a.o.out, b.o).kernel),
    scale,
  };
  const call: LinearCall = {
    weights: [w],
    ...(bias ? { biases: [bias] } : {}),
    lowRank: [factors],
    ...into,
  };
  return inPlace(one, [w, ...(bias ? [bias] : []), factors.a, factors.b, node('kernel.linear', [layer.x, call], one)]);
});

export const callOf = (one: Node): [x: Node, call: LinearCall] | undefined =>
  one.op === 'kernel.linear' ? (one.args as [Node, LinearCall]) : undefined;

/** An activation right behind a linear layer. */
export const activations: Rule = each((one, uses) => {
  if (one.op !== 'activation') return undefined;
  const [kind, y] = one.args as [Activation, Node];
  const [x, call] = callOf(y) ?? [];
  if (!x || !call || call.activation || call.residual || !isOnce(uses, y)) return undefined;
  return inPlace(one, [node('kernel.linear', [x, { ...call, activation: kind }], one)]);
});

/** A sum right behind a linear layer joins it, where no norm took it and no activation stands between. */
export const linearSums: Rule = each((one, uses) => {
  const [before, made] = sumOf(one) ?? [];
  const [x, call] = (made && callOf(made)) ?? [];
  if (!before || !made || !x || !call || call.activation || call.residual || !isOnce(uses, made)) return undefined;
  return inPlace(one, [node('kernel.linear', [x, { ...call, residual: before }], one)]);
});
