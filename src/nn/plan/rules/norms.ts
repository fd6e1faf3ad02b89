/** Layer normalisation, with the sum in front of it and what reads it and its x. */
import type { NormOptions } from '../../core.ts';
import { normWeights } from '../../derive.ts';
import { type Graph, mapNodes, type Node, operands, replaced, useCounts } from '../graph.ts';
import { each, inPlace, node, passing, type Rule, sumOf, weightNode, widthOf } from './rule.ts';

/** Layer normalisation with the sum in front of it; it gives what is read of both. */
export const norms: Rule = each((one, uses, readers) => {
  if (one.op !== 'layerNorm') return undefined;
  const [name, sum, o] = one.args as [string, Node, NormOptions];
  const pair = sumOf(sum);
  const { scale, bias } = normWeights(name, widthOf(one));
  const weights = [weightNode(scale), weightNode(bias)];
  const call = (x: Node, residual: Node | undefined, give: string) =>
    node('kernel.layerNorm', [x, residual, ...weights, o.eps, give], one);
  if (pair && uses.get(sum)! > 1) {
    const both = call(pair[0], pair[1], 'sum and norm');
    const [s, y] = [0, 1].map((index): Node => ({ ...node('part', [], one), of: both, index }));
    return [
      sum,
      {
        nodes: [...weights, both, s!, y!],
        values: new Map([
          [sum, s!],
          [one, y!],
        ]),
      },
    ];
  }
  const twice = readers(one) === 2;
  const made = call(pair?.[0] ?? sum, pair?.[1], twice ? 'norm twice' : 'norm');
  if (!twice) return inPlace(one, [...weights, made]);
  const first: Node = { ...node('part', [], one), of: made, index: 0 };
  return inPlace(one, [...weights, made, first]);
});

/** A norm of what one other call reads too gives that call its x: the gradients of both meet in the kernel. */
export const streams: Rule = (graph) => {
  const uses = useCounts(graph);
  let next = graph;
  for (const { args } of graph.nodes.filter(({ op }) => op === 'kernel.layerNorm')) {
    if (args[1] !== undefined || args.at(-1) !== 'norm' || uses.get(args[0] as Node) !== 2) continue;
    const at = next.nodes.findIndex((other) => other.op === 'kernel.layerNorm' && other.args[2] === args[2]);
    const norm = next.nodes[at];
    const x = norm?.args[0] as Node;
    const reader = next.nodes.findLast((other) => operands(other).includes(x));
    if (!norm || !reader || next.nodes.indexOf(reader) <= at) continue;
    const both: Node = { ...norm, args: [...norm.args.slice(0, -1), 'sum and norm'] };
    next = passing(next, norm, both, { own: 1, passes: 0 }, x, reader);
  }
  return next;
};

/** The first of the two that a norm gives, where nobody has the second yet. */
const unshared = ({ nodes }: Graph): Node | undefined =>
  nodes.find(
    ({ of, index }) =>
      of?.op === 'kernel.layerNorm' &&
      of.args.at(-1) === 'norm twice' &&
      index === 0 &&
      !nodes.some((other) => other.of === of && other.index === 1),
  );

/** Gives the second reader of a norm that is given twice the second of them: their gradients meet in the kernel. */
export const shared: Rule = (graph) => {
  let next = graph;
  for (let first = unshared(next); first; first = unshared(next)) {
    const one = first;
    const reader = next.nodes.findLast((other) => operands(other).includes(one))!;
    const second: Node = { ...one, index: 1 };
    const args = reader.args.map((arg) => mapNodes(arg, (x) => (x === one ? second : x)));
    next = replaced(next, new Map([inPlace(reader, [second, { ...reader, args }])]));
  }
  return next;
};
