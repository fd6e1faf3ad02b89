/** What rules are made of: a rule is a function of the graph alone. */
import type { NamedSpec } from '../../derive.ts';
import { type Graph, isNode, mapNodes, type Node, operands, type Replacement, replaced, useCounts } from '../graph.ts';

export type Rule = (graph: Graph) => Graph;

export const node = (op: string, args: readonly unknown[], like: Pick<Node, 'shape' | 'dtype' | 'stage'>): Node => ({
  kind: 'node',
  op,
  args,
  shape: like.shape,
  dtype: like.dtype,
  ...(like.stage === undefined ? {} : { stage: like.stage }),
});
export const weightNode = ({ name, spec }: NamedSpec): Node =>
  node('weight', [name, spec], { shape: spec.shape, dtype: 'float32' });

/** One node in place of another. */
export const inPlace = (old: Node, nodes: readonly Node[]): [Node, Replacement] => [
  old,
  { nodes, values: new Map([[old, nodes.at(-1)!]]) },
];

/** Applies a rewrite of single nodes to all of them. */
export const each =
  (
    rewrite: (
      node: Node,
      uses: ReadonlyMap<Node, number>,
      /** How many other nodes read it. */
      readers: (node: Node) => number,
    ) => [Node, Replacement] | undefined,
  ): Rule =>
  (graph) => {
    const uses = useCounts(graph);
    const readers = (node: Node) => graph.nodes.filter((other) => operands(other).includes(node)).length;
    const taken = new Set<Node>();
    const changes = new Map<Node, Replacement>();
    for (const one of graph.nodes) {
      const found = rewrite(one, uses, readers);
      if (!found || [...found[1].values.keys()].some((old) => taken.has(old))) continue;
      for (const old of found[1].values.keys()) taken.add(old);
      changes.set(...found);
    }
    return changes.size > 0 ? replaced(graph, changes) : graph;
  };

export const isOnce = (uses: ReadonlyMap<Node, number>, ...nodes: readonly Node[]): boolean =>
  nodes.every((one) => uses.get(one) === 1);

export const widthOf = ({ shape }: Node): number => Number(shape.at(-1));

export const isBinary = (one: Node, kind: string): [Node, Node] | undefined =>
  one.op === 'binary' && one.args[0] === kind && isNode(one.args[1]) && isNode(one.args[2])
    ? [one.args[1], one.args[2]]
    : undefined;
export const numberOf = (one: Node): number | undefined =>
  one.op === 'constant' && typeof one.args[0] === 'number' ? one.args[0] : undefined;

/** a + b of one shape, as blocks add what they made to what they were given. */
export function sumOf(one: Node): [Node, Node] | undefined {
  const pair = one.op === 'residual' ? (one.args.slice(1) as [Node, Node]) : isBinary(one, 'add');
  return pair && String(pair[0].shape) === String(pair[1].shape) ? pair : undefined;
}

/**
 * A call that gives what it was given as well, so that what else reads that reads it from there: the gradients of both meet
 * in its kernel. Its results are its own and what it `passes`, by their indices.
 */
export function passing(
  graph: Graph,
  one: Node,
  both: Node,
  at: { own: number; passes: number },
  x: Node,
  reader: Node,
): Graph {
  const part = (index: number): Node => ({ ...node('part', [], index === at.own ? one : x), of: both, index });
  const parts = [0, 1].map(part);
  const [y, passed] = [parts[at.own]!, parts[at.passes]!];
  const args = reader.args.map((arg) => mapNodes(arg, (read) => (read === x ? passed : read === one ? y : read)));
  const read = { ...reader, args };
  return replaced(
    graph,
    new Map([
      [one, { nodes: [both, ...parts], values: new Map([[one, y]]) }],
      [reader, { nodes: [read], values: new Map([[reader, read]]) }],
    ]),
  );
}
