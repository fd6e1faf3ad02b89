import type { Abstract } from '../shapes.ts';

/** One call of an operation, with what it gives: a value that does not exist yet. */
export interface Node extends Abstract {
  readonly kind: 'node';
  /** Name of an operation of `Ops`, or of a kernel that does several of them in one go. */
  readonly op: string;
  /** Arguments of the call; nodes stand in them where a value will. */
  readonly args: readonly unknown[];
  /** Index of the stage that makes the call; of joined ones, the last of them. Inputs and weights need none. */
  readonly stage?: number;
  /** Of an operation with several results, the node that computes them, and which one this is. */
  readonly of?: Node;
  readonly index?: number;
}

export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && (value as Partial<Node>).kind === 'node';

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** An argument with everything that is a node replaced, in lists and options too. */
export function mapNodes(value: unknown, replace: (node: Node) => unknown): unknown {
  if (isNode(value)) return replace(value);
  if (Array.isArray(value)) return value.map((item) => mapNodes(item, replace));
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapNodes(item, replace)]));
}

/** An argument to be made again and again: what holds no node is taken as it is. */
export function template(value: unknown): (resolve: (node: Node) => unknown) => unknown {
  let holds = false;
  mapNodes(value, (node) => {
    holds = true;
    return node;
  });
  if (!holds) return () => value;
  if (isNode(value)) return (resolve) => resolve(value);
  if (Array.isArray(value)) {
    const items = value.map(template);
    return (resolve) => items.map((item) => item(resolve));
  }
  const entries = Object.entries(value as Record<string, unknown>).map(([key, item]) => [key, template(item)] as const);
  return (resolve) => {
    const made: Record<string, unknown> = {};
    for (const [key, item] of entries) made[key] = item(resolve);
    return made;
  };
}

/** Nodes that a call reads, each as often as it stands there. */
export function operands({ args, of }: Node): Node[] {
  if (of) return [of];
  const found: Node[] = [];
  mapNodes(args, (node) => {
    found.push(node);
    return node;
  });
  return found;
}

/** Calls in the order in which they run, and what is wanted of them by name. */
export interface Graph {
  nodes: readonly Node[];
  inputs: Readonly<Record<string, Node>>;
  outputs: Readonly<Record<string, Node>>;
}

/** How often each node is read, by other nodes and as an output. */
export function useCounts({ nodes, outputs }: Graph): Map<Node, number> {
  const counts = new Map<Node, number>();
  const use = (node: Node) => counts.set(node, (counts.get(node) ?? 0) + 1);
  for (const node of nodes) operands(node).forEach(use);
  Object.values(outputs).forEach(use);
  return counts;
}

/** Without what nothing leads to an output from. */
export function pruned(graph: Graph): Graph {
  const needed = new Set<Node>(Object.values(graph.outputs));
  for (const node of graph.nodes.toReversed()) if (needed.has(node)) for (const one of operands(node)) needed.add(one);
  return { ...graph, nodes: graph.nodes.filter((node) => needed.has(node)) };
}

/** What takes the place of a node: nodes in the order in which they run, and the one that gives its value. */
export interface Replacement {
  /** Stands where the first of `replaced` stood. */
  nodes: readonly Node[];
  /** Old node to new. */
  values: ReadonlyMap<Node, Node>;
}

/** The graph with some nodes replaced: the new ones run where the key of a change stood, and later calls read them. */
export function replaced(graph: Graph, changes: ReadonlyMap<Node, Replacement>): Graph {
  const values = new Map<Node, Node>();
  for (const change of changes.values()) for (const [from, to] of change.values) values.set(from, to);
  const gone = new Set(values.keys());
  const renewed = new Map<Node, Node>();
  const renew = (node: Node): Node => {
    let target = node;
    for (let next = values.get(target); next; next = values.get(target)) target = next;
    const known = renewed.get(target);
    if (known) return known;
    let changed = false;
    const swap = (one: Node): Node => {
      const next = renew(one);
      changed ||= next !== one;
      return next;
    };
    const args = target.args.map((arg) => mapNodes(arg, swap));
    const of = target.of && swap(target.of);
    const next = changed ? { ...target, args, ...(of ? { of } : {}) } : target;
    renewed.set(target, next);
    return next;
  };
  const nodes: Node[] = [];
  for (const node of graph.nodes) {
    const change = changes.get(node);
    if (change) nodes.push(...change.nodes.map(renew));
    else if (!gone.has(node)) nodes.push(renew(node));
  }
  const outputs = Object.fromEntries(Object.entries(graph.outputs).map(([name, node]) => [name, renew(node)]));
  return pruned({ ...graph, nodes, outputs });
}
