/** Tables that are looked up in. */
import type { EmbedOptions } from '../../core.ts';
import { tableWeight } from '../../derive.ts';
import { type Node, operands, type Replacement, replaced } from '../graph.ts';
import { callOf } from './linear.ts';
import { each, inPlace, isBinary, isOnce, node, type Rule, weightNode } from './rule.ts';

/** embed(name, ids, o) */
const embedOf = (one: Node): [name: string, ids: Node, o: EmbedOptions] | undefined =>
  one.op === 'embed' ? (one.args as [string, Node, EmbedOptions]) : undefined;

/** Tokens and their positions, looked up and added in one go. */
export const embeddings: Rule = each((one, uses) => {
  const [words, places] = isBinary(one, 'add') ?? [];
  if (!words || !places || !isOnce(uses, words, places)) return undefined;
  const [tokens, at] = [embedOf(words), embedOf(places)];
  if (!tokens || !at) return undefined;
  const [range, axis] = at[1].op === 'range' ? (at[1].args as [Node, number]) : [];
  if (range !== tokens[1] || axis !== 1) return undefined;
  const tables = [tokens, at].map(([name, , o]) => weightNode(tableWeight(name, o)));
  return inPlace(one, [...tables, node('kernel.embed', [tokens[1], { tokens: tables[0], positions: tables[1] }], one)]);
});

/** A segment's embedding joins those of tokens and positions. */
export const segments: Rule = each((one, uses) => {
  const [sum, kinds] = isBinary(one, 'add') ?? [];
  const found = kinds && embedOf(kinds);
  if (sum?.op !== 'kernel.embed' || !found || !isOnce(uses, sum, kinds)) return undefined;
  const [ids, tables] = sum.args as [Node, Record<string, Node>];
  const [name, typeIds, o] = found;
  if (String(typeIds.shape) !== String(ids.shape)) return undefined;
  const types = weightNode(tableWeight(name, o));
  return inPlace(one, [types, node('kernel.embed', [ids, { ...tables, types, typeIds }], one)]);
});

/** A table that is looked up in and is a head's kernel too: a fork, at which its gradients meet. */
export const forks: Rule = (graph) => {
  const lookup = graph.nodes.find(({ op }) => op === 'kernel.embed');
  const tables = lookup?.args[1] as Record<string, Node> | undefined;
  const table = tables?.tokens;
  const name = table?.args[0];
  const isHead = (one: Node) => {
    const [, call] = callOf(one) ?? [];
    return call?.transposed === true && call.weights.length === 1 && call.weights[0]!.args[0] === name;
  };
  const heads = graph.nodes.filter(isHead);
  const reads = graph.nodes.filter((other) =>
    operands(other).some(({ op, args }) => op === 'weight' && args[0] === name),
  );
  const head = heads[0];
  if (!lookup || !table || !head || heads.length !== 1 || reads.length !== 2) return graph;
  const fork = node('kernel.fork', [table], table);
  const [embedding, kernel] = [0, 1].map((index): Node => ({ ...node('part', [], table), of: fork, index }));
  const [x, call] = callOf(head)!;
  const look = node('kernel.embed', [lookup.args[0], { ...tables, tokens: embedding }], lookup);
  const multiply = node('kernel.linear', [x, { ...call, weights: [kernel] }], head);
  const changes: [Node, Replacement][] = [
    [lookup, { nodes: [fork, embedding!, kernel!, look], values: new Map([[lookup, look]]) }],
    inPlace(head, [multiply]),
  ];
  return replaced(graph, new Map(changes));
};
