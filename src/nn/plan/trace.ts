import type { Ops, Prims, Stage } from '../core.ts';
import { derive } from '../derive.ts';
import { type Abstract, shapes } from '../shapes.ts';
import type { Graph, Node } from './graph.ts';

/** Derived operations that stay one call each: what kernels do in one go. Others come apart into primitives. */
const WHOLE = [
  'linear',
  'embed',
  'conv',
  'layerNorm',
  'rmsNorm',
  'batchNorm',
  'activation',
  'residual',
  'maskedMean',
  'attention',
] as const;

/** Primitives that give a value of the graph; `width` asks for a number. */
const PRIMITIVES = [
  'weight',
  'constant',
  'unary',
  'binary',
  'select',
  'matMul',
  'reshape',
  'transpose',
  'concat',
  'slice',
  'gather',
  'expand',
  'reduce',
  'softmax',
  'conv2d',
  'pool2d',
  'range',
  'size',
  'dropout',
] as const satisfies readonly (keyof Prims<unknown>)[];

/**
 * The interpreter that writes calls down instead of doing them. It knows the shape of each, as far as it does not depend on
 * the batch.
 */
function tracingOps(nodes: Node[], stage: number): Ops<Node> {
  const abstract = derive(shapes);
  const record = (op: string, args: readonly unknown[]): Node => {
    const run = abstract[op as 'linear'] as unknown as (...args: readonly unknown[]) => Abstract;
    const { shape, dtype } = run(...args);
    const node: Node = { kind: 'node', op, args, stage, shape, dtype };
    nodes.push(node);
    return node;
  };
  const calls = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, (...args: unknown[]) => record(name, args)]));
  const prims = { ...calls(PRIMITIVES), width: (x: Node) => shapes.width(x) } as unknown as Prims<Node>;
  return derive(prims, (composed) => ({
    ...(calls(WHOLE) as unknown as Partial<Ops<Node>>),
    // a bias is a function of positions that only its caller can compute: such attention comes apart
    attention: (name, q, k, v, o) =>
      o.bias ? composed.attention(name, q, k, v, o) : record('attention', [name, q, k, v, o]),
  }));
}

/** What stages do with values of these shapes, and what of it is wanted. The first of them is stage `from` of its model. */
export function trace(
  stages: readonly Stage[],
  inputs: Readonly<Record<string, Abstract>>,
  outputs: readonly string[],
  from = 0,
): Graph {
  const nodes: Node[] = [];
  const given = Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, dtype }]): [string, Node] => [
      name,
      { kind: 'node', op: 'input', args: [name], shape, dtype },
    ]),
  );
  let values: Readonly<Record<string, Node>> = given;
  for (const [i, stage] of stages.entries()) values = { ...values, ...stage.run(tracingOps(nodes, from + i), values) };
  return { nodes, inputs: given, outputs: Object.fromEntries(outputs.map((name) => [name, values[name]!])) };
}
