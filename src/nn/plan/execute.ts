import type * as tf from '@tensorflow/tfjs-core';
import type { Ops, Values } from '../core.ts';
import { type Graph, type Node, operands, template } from './graph.ts';

/** Does in one go what several operations do; gives one value or, in the order of their indices, several. */
export type CallOf<T> = (ops: Ops<T>, ...args: never[]) => T | readonly T[];
export type KernelCall = CallOf<tf.Tensor>;

/** A graph that can run: with it, what is read for the last time where. */
export interface Plan extends Graph {
  /** By index of a node, those that nothing reads after it. */
  lastReads: readonly (readonly Node[])[];
  /** By index of a node, its arguments. */
  args: readonly (readonly ReturnType<typeof template>[])[];
}

export function planned(graph: Graph): Plan {
  const last = new Map<Node, number>();
  for (const [i, node] of graph.nodes.entries()) for (const one of operands(node)) last.set(one, i);
  for (const node of [...Object.values(graph.outputs), ...Object.values(graph.inputs)]) last.delete(node);
  const lastReads = graph.nodes.map((): Node[] => []);
  for (const [node, i] of last) lastReads[i]!.push(node);
  return { ...graph, lastReads, args: graph.nodes.map(({ args }) => args.map(template)) };
}

/** What outlives a step: variables, and scalars that are made once. */
const LASTING = new Set(['weight', 'constant', 'size']);

const isSeveral = <T>(value: T | readonly T[]): value is readonly T[] => Array.isArray(value);

/** Is told of each call as it is done. */
export type Told<T> = (node: Node, value: T | readonly T[]) => void;

/**
 * Does what the graph says; what nothing reads any more is let go at once. The caller owns the outputs, and may be
 * recording a tape.
 */
export const execute = (
  plan: Plan,
  ops: Ops<tf.Tensor>,
  inputs: Values<tf.Tensor>,
  kernels: Readonly<Record<string, KernelCall>> = {},
  told?: Told<tf.Tensor>,
): Values<tf.Tensor> => walk(plan, ops, inputs, kernels, (tensor) => tensor.dispose(), told);

/** The same of any interpreter's values. */
export function walk<T extends object>(
  plan: Plan,
  ops: Ops<T>,
  inputs: Values<T>,
  kernels: Readonly<Record<string, CallOf<T>>>,
  letGo: (value: T) => void,
  told?: Told<T>,
): Values<T> {
  const values = new Map<Node, T | readonly T[]>();
  /** How many nodes stand for a value that is ours to let go: an operation may give what it was given. */
  const held = new Map<T, number>();
  for (const [name, node] of Object.entries(plan.inputs)) values.set(node, inputs[name]!);
  const borrowed = new Set<T>(Object.values(inputs));
  const put = (node: Node, value: T | readonly T[]): void => {
    values.set(node, value);
    if (isSeveral(value)) return;
    if (LASTING.has(node.op)) borrowed.add(value);
    held.set(value, (held.get(value) ?? 0) + 1);
  };
  const drop = (node: Node): void => {
    const value = values.get(node)!;
    values.delete(node);
    if (isSeveral(value)) return;
    const left = held.get(value)! - 1;
    held.set(value, left);
    if (left === 0 && !borrowed.has(value)) letGo(value);
  };
  const resolve = (node: Node) => values.get(node)!;
  const run = (node: Node, i: number): T | readonly T[] => {
    if (node.of) return (values.get(node.of) as readonly T[])[node.index!]!;
    const args = plan.args[i]!.map((make) => make(resolve));
    const kernel = kernels[node.op];
    if (kernel) return kernel(ops, ...(args as never[]));
    return (ops[node.op as keyof Ops<T>] as unknown as (...args: unknown[]) => T)(...args);
  };
  for (const [i, node] of plan.nodes.entries()) {
    const value = run(node, i);
    put(node, value);
    told?.(node, value);
    for (const gone of plan.lastReads[i]!) drop(gone);
  }
  return Object.fromEntries(Object.entries(plan.outputs).map(([name, node]) => [name, values.get(node) as T]));
}
