/** Convolutions, with what follows them. */
import type { Activation, ConvLayerOptions, NormOptions } from '../../core.ts';
import { convWeights, normWeights, runningStatistics } from '../../derive.ts';
import { type Node, operands, useCounts } from '../graph.ts';
import { besideOf, intoPair } from './low-rank.ts';
import { each, inPlace, isOnce, node, passing, type Rule, sumOf, weightNode, widthOf } from './rule.ts';

/** Weights of a convolution, of the low-rank pair beside it and of the norm behind both, in the names of the kernel. */
export interface ConvWeights<T> {
  w: T;
  bias?: T;
  norm?: { scale: T; shift: T; mean: T; variance: T };
  lowRank?: { a: T; b: T; scale: number };
  /** What goes into the low-rank pair where it is not x: x with some of it dropped. */
  dropped?: { name: string; rate: number };
}

/** Of `kernel.conv`; `passes`: x is given on, as a second result. */
export type ConvArgs<T> = [
  name: string,
  x: T,
  o: ConvLayerOptions,
  weights: ConvWeights<T>,
  residual: T | undefined,
  passes: boolean,
];

interface ConvCall {
  name: string;
  x: Node;
  o: ConvLayerOptions;
  weights: ConvWeights<Node>;
  residual?: Node | undefined;
  passes?: boolean;
}
const callOf = (one: Node): ConvCall | undefined => {
  if (one.op !== 'kernel.conv') return undefined;
  const [name, x, o, weights, residual, passes] = one.args as ConvArgs<Node>;
  return { name, x, o, weights, residual, passes };
};
const convNode = ({ name, x, o, weights, residual, passes = false }: ConvCall, like: Node): Node =>
  node('kernel.conv', [name, x, o, weights, residual, passes] satisfies ConvArgs<Node>, like);

const normNodes = (name: string, width: number): NonNullable<ConvWeights<Node>['norm']> => {
  const parameters = normWeights(name, width);
  const { mean, variance } = runningStatistics(name, width);
  return {
    scale: weightNode(parameters.scale),
    shift: weightNode(parameters.bias),
    mean: weightNode(mean),
    variance: weightNode(variance),
  };
};

/** Every convolution as the kernel takes it: by name too, for a norm that uses the batch's own statistics. */
export const convolutions: Rule = each((one) => {
  if (one.op !== 'conv') return undefined;
  const [name, x, o] = one.args as [string, Node, ConvLayerOptions];
  const { kernel, bias } = convWeights(name, widthOf(x), o);
  const weights: ConvWeights<Node> = {
    w: weightNode(kernel),
    ...(bias ? { bias: weightNode(bias) } : {}),
    ...(o.norm ? { norm: normNodes(o.norm.name, o.out) } : {}),
  };
  const read = [weights.w, ...(weights.bias ? [weights.bias] : []), ...Object.values(weights.norm ?? {})];
  return inPlace(one, [...read, convNode({ name, x, o, weights }, one)]);
});

/** Nothing but the convolution and its bias. */
const isBare = ({ o, weights, residual }: ConvCall): boolean =>
  !o.norm && !o.activation && !residual && !weights.lowRank;
const windowKey = ({ o: { kernel, stride, pad, dilation = 1, depthwise = false } }: ConvCall): string =>
  [kernel, stride, pad, dilation, depthwise].join();

/** y + conv(conv(x', A), B) scale of LoRA: A has the window of the layer, B that of a pixel. */
export const convLowRanks: Rule = each((one, uses) => {
  const { layer, up, scale } = besideOf(one, uses) ?? {};
  const [own, b] = [layer && callOf(layer), up && callOf(up)];
  const a = b && callOf(b.x);
  if (!own || !a || !b || scale === undefined || ![own, a, b].every(isBare) || !isOnce(uses, b.x)) return undefined;
  if (a.weights.bias || b.weights.bias || own.o.depthwise || windowKey(a) !== windowKey(own)) return undefined;
  if (b.o.kernel !== 1 || b.o.stride !== 1 || b.o.depthwise) return undefined;
  const into = intoPair(a.x, own.x, uses);
  if (!into) return undefined;
  const lowRank = { a: a.weights.w, b: b.weights.w, scale };
  return inPlace(one, [convNode({ ...own, weights: { ...own.weights, lowRank, ...into } }, one)]);
});

/** A normalisation over batches right behind a convolution without a bias. */
export const convNorms: Rule = each((one, uses) => {
  if (one.op !== 'batchNorm') return undefined;
  const [name, y, options] = one.args as [string, Node, NormOptions];
  const call = callOf(y);
  if (!call || call.o.norm || call.o.activation || call.residual || call.weights.bias || !isOnce(uses, y))
    return undefined;
  const norm = normNodes(name, call.o.out);
  const weights = { ...call.weights, norm };
  const o = { ...call.o, norm: { ...options, name } };
  return inPlace(one, [...Object.values(norm), convNode({ ...call, o, weights }, one)]);
});

/** A sum right behind a convolution joins it, where no activation stands between. */
export const convSums: Rule = each((one, uses) => {
  const [before, made] = sumOf(one) ?? [];
  const call = made && callOf(made);
  if (!before || !call || call.residual || call.o.activation || !isOnce(uses, made)) return undefined;
  return inPlace(one, [convNode({ ...call, residual: before }, one)]);
});

/** An activation right behind a convolution and its sum. */
export const convActivations: Rule = each((one, uses) => {
  if (one.op !== 'activation') return undefined;
  const [activation, y] = one.args as [Activation, Node];
  const call = callOf(y);
  if (!call || call.o.activation || !isOnce(uses, y)) return undefined;
  if (activation !== 'relu' && activation !== 'relu6') return undefined;
  return inPlace(one, [convNode({ ...call, o: { ...call.o, activation } }, one)]);
});

/** A convolution of what one other call reads later gives that call its x: the gradients of both meet in the kernel. */
export const convStreams: Rule = (graph) => {
  let next = graph;
  for (let i = 0; i < next.nodes.length; i++) {
    const one = next.nodes[i]!;
    const call = callOf(one);
    if (!call || call.passes || call.residual === call.x || call.x.op === 'input') continue;
    const readers = next.nodes.filter((other) => operands(other).includes(call.x));
    const reader = readers[1];
    if (readers.length !== 2 || readers[0] !== one || !reader || useCounts(next).get(call.x) !== 2) continue;
    next = passing(next, one, convNode({ ...call, passes: true }, one), { own: 0, passes: 1 }, call.x, reader);
  }
  return next;
};
