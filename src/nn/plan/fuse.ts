/** Rewrites of a graph: calls that one kernel does in one go become one node. Each rule is a function of the graph alone. */
import type {
  Activation,
  AttentionOptions,
  ConvLayerOptions,
  EmbedOptions,
  LinearOptions,
  NormOptions,
} from '../core.ts';
import { convWeights, linearWeights, type NamedSpec, normWeights, runningStatistics, tableWeight } from '../derive.ts';
import { type Graph, isNode, mapNodes, type Node, operands, type Replacement, replaced, useCounts } from './graph.ts';

export type Rule = (graph: Graph) => Graph;

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
  lowRank?: readonly (LowRankNodes | undefined)[];
  /** What goes into the low-rank pairs where it is not x: x with some of it dropped. */
  dropped?: { name: string; rate: number };
}

const node = (op: string, args: readonly unknown[], like: Pick<Node, 'shape' | 'dtype'>): Node => ({
  kind: 'node',
  op,
  args,
  shape: like.shape,
  dtype: like.dtype,
});
const weightNode = ({ name, spec }: NamedSpec): Node =>
  node('weight', [name, spec], { shape: spec.shape, dtype: 'float32' });

/** One node in place of another. */
const inPlace = (old: Node, nodes: readonly Node[]): [Node, Replacement] => [
  old,
  { nodes, values: new Map([[old, nodes.at(-1)!]]) },
];

/** Applies a rewrite of single nodes to all of them. */
const each =
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

const isOnce = (uses: ReadonlyMap<Node, number>, ...nodes: readonly Node[]): boolean =>
  nodes.every((one) => uses.get(one) === 1);

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
const widthOf = ({ shape }: Node): number => Number(shape.at(-1));

/** What drops nothing is nothing. */
const dropouts: Rule = each((one) => {
  const [, x, rate] = one.args as [string, Node, number];
  return one.op === 'dropout' && rate === 0 ? [one, { nodes: [], values: new Map([[one, x]]) }] : undefined;
});

/** Every linear layer as the kernel takes it. */
const linears: Rule = each((one) => {
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

const isBinary = (one: Node, kind: string): [Node, Node] | undefined =>
  one.op === 'binary' && one.args[0] === kind && isNode(one.args[1]) && isNode(one.args[2])
    ? [one.args[1], one.args[2]]
    : undefined;
const numberOf = (one: Node): number | undefined =>
  one.op === 'constant' && typeof one.args[0] === 'number' ? one.args[0] : undefined;

/** y + B (A x') scale of LoRA: the pair joins the product that it stands beside. */
const lowRanks: Rule = each((one, uses) => {
  const [y, scaled] = isBinary(one, 'add') ?? [];
  if (!y || !scaled || y.op !== 'linear' || !isOnce(uses, y, scaled)) return undefined;
  const [up, factor] = isBinary(scaled, 'mul') ?? [];
  const scale = factor && numberOf(factor);
  if (!up || scale === undefined || !isOnce(uses, up)) return undefined;
  const b = linearOf(up);
  const a = b && linearOf(b.x);
  const layer = linearOf(y)!;
  if (!a || !b || a.o.bias !== false || b.o.bias !== false || layer.o.tied !== undefined) return undefined;
  if (!isOnce(uses, b.x) || a.o.tied !== undefined || b.o.tied !== undefined) return undefined;
  let dropped: LinearCall['dropped'];
  if (a.x !== layer.x) {
    const [name, x, rate, of] = a.x.args as [string, Node, number, string?];
    if (a.x.op !== 'dropout' || x !== layer.x || (of ?? 'entries') !== 'entries' || !isOnce(uses, a.x))
      return undefined;
    if (rate > 0) dropped = { name, rate };
  }
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
    ...(dropped ? { dropped } : {}),
  };
  return inPlace(one, [w, ...(bias ? [bias] : []), factors.a, factors.b, node('kernel.linear', [layer.x, call], one)]);
});

const callOf = (one: Node): [x: Node, call: LinearCall] | undefined =>
  one.op === 'kernel.linear' ? (one.args as [Node, LinearCall]) : undefined;

/** An activation right behind a linear layer. */
const activations: Rule = each((one, uses) => {
  if (one.op !== 'activation') return undefined;
  const [kind, y] = one.args as [Activation, Node];
  const [x, call] = callOf(y) ?? [];
  if (!x || !call || call.activation || call.lowRank || !isOnce(uses, y)) return undefined;
  return inPlace(one, [node('kernel.linear', [x, { ...call, activation: kind }], one)]);
});

/** Queries, keys and values of one x by three layers: one product, and attention on what it gives. */
const selfAttention: Rule = each((one, uses) => {
  if (one.op !== 'attention') return undefined;
  const [name, q, k, v, o] = one.args as [string, Node, Node, Node, AttentionOptions<Node>];
  if (o.prefix || o.cross || o.bias || (o.kvHeads ?? o.heads) !== o.heads) return undefined;
  const attended = (packed: Node) => node('kernel.attention', [name, packed, o], one);
  const whole = slicedWhole(q, k, v);
  if (whole) return isOnce(uses, q, k, v) && uses.get(whole) === 3 ? inPlace(one, [attended(whole)]) : undefined;
  const calls = [q, k, v].map(callOf);
  if (!calls.every((found) => found !== undefined) || !isOnce(uses, q, k, v)) return undefined;
  const x = calls[0]![0];
  const merged = mergedCall(calls.map(([, call]) => call));
  if (!merged || calls.some(([other]) => other !== x)) return undefined;
  const packed = node('kernel.linear', [x, merged], {
    shape: [...one.shape.slice(0, -1), 3 * widthOf(q)],
    dtype: 'float32',
  });
  return inPlace(one, [packed, attended(packed)]);
});

/** The node of which q, k and v are the thirds, in this order. */
function slicedWhole(...thirds: readonly Node[]): Node | undefined {
  const whole = thirds[0]!.args[0];
  if (!isNode(whole)) return undefined;
  const width = widthOf(whole) / 3;
  const last = whole.shape.length - 1;
  const fits = thirds.every(({ op, args: [x, axis, from, to] }, i) => {
    const along = axis === last || axis === -1;
    return op === 'slice' && x === whole && along && from === i * width && (to ?? 3 * width) === (i + 1) * width;
  });
  return fits ? whole : undefined;
}

function mergedCall(calls: readonly LinearCall[]): LinearCall | undefined {
  const some = (has: (call: LinearCall) => unknown) => calls.some((call) => has(call));
  const every = (has: (call: LinearCall) => unknown) => calls.every((call) => has(call));
  if (some(({ activation, transposed }) => activation || transposed)) return undefined;
  if (some(({ biases }) => biases) && !every(({ biases }) => biases)) return undefined;
  // each pair has a mask of its own
  if (some(({ dropped }) => dropped)) return undefined;
  return {
    weights: calls.flatMap(({ weights }) => weights),
    ...(calls[0]!.biases ? { biases: calls.flatMap(({ biases }) => biases!) } : {}),
    ...(some(({ lowRank }) => lowRank) ? { lowRank: calls.map(({ lowRank }) => lowRank?.[0]) } : {}),
  };
}

/** a + b of one shape, as blocks add what they made to what they were given. */
function sumOf(one: Node): [Node, Node] | undefined {
  const pair = one.op === 'residual' ? (one.args.slice(1) as [Node, Node]) : isBinary(one, 'add');
  return pair && String(pair[0].shape) === String(pair[1].shape) ? pair : undefined;
}

/** Layer normalisation with the sum in front of it; it gives what is read of both. */
const norms: Rule = each((one, uses, readers) => {
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
const streams: Rule = (graph) => {
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
    const [s, y] = [0, 1].map((index): Node => ({ ...node('part', [], norm), of: both, index }));
    const read = {
      ...reader,
      args: reader.args.map((arg) => mapNodes(arg, (one) => (one === x ? s : one === norm ? y : one))),
    };
    next = replaced(
      next,
      new Map([
        [norm, { nodes: [both, s!, y!], values: new Map([[norm, y!]]) }],
        [reader, { nodes: [read], values: new Map([[reader, read]]) }],
      ]),
    );
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
const shared: Rule = (graph) => {
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

/** embed(name, ids, o) */
const embedOf = (one: Node): [name: string, ids: Node, o: EmbedOptions] | undefined =>
  one.op === 'embed' ? (one.args as [string, Node, EmbedOptions]) : undefined;

/** Tokens and their positions, looked up and added in one go. */
const embeddings: Rule = each((one, uses) => {
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
const segments: Rule = each((one, uses) => {
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
const forks: Rule = (graph) => {
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

/** Weights of a convolution and of the norm behind it, in the names of the kernel. */
export interface ConvWeights<T> {
  w: T;
  bias?: T;
  norm?: { scale: T; shift: T; mean: T; variance: T };
}

/** Every convolution as the kernel takes it: by name too, for a norm that uses the batch's own statistics. */
const convolutions: Rule = each((one) => {
  if (one.op !== 'conv') return undefined;
  const [name, x, o] = one.args as [string, Node, ConvLayerOptions];
  const { kernel, bias } = convWeights(name, widthOf(x), o);
  const weights: ConvWeights<Node> = { w: weightNode(kernel), ...(bias ? { bias: weightNode(bias) } : {}) };
  if (o.norm) {
    const parameters = normWeights(o.norm.name, o.out);
    const { mean, variance } = runningStatistics(o.norm.name, o.out);
    weights.norm = {
      scale: weightNode(parameters.scale),
      shift: weightNode(parameters.bias),
      mean: weightNode(mean),
      variance: weightNode(variance),
    };
  }
  const read = [weights.w, ...(weights.bias ? [weights.bias] : []), ...Object.values(weights.norm ?? {})];
  return inPlace(one, [...read, node('kernel.conv', [name, x, o, weights, undefined], one)]);
});

/** A sum right behind a convolution joins it, where no activation stands between. */
const convSums: Rule = each((one, uses) => {
  const [before, made] = sumOf(one) ?? [];
  if (!before || made?.op !== 'kernel.conv' || !isOnce(uses, made)) return undefined;
  const [name, x, o, weights, residual] = made.args as [string, Node, ConvLayerOptions, unknown, Node | undefined];
  if (residual || o.activation) return undefined;
  return inPlace(one, [node('kernel.conv', [name, x, o, weights, before], one)]);
});

export const RULES: readonly Rule[] = [
  dropouts,
  lowRanks,
  linears,
  activations,
  selfAttention,
  embeddings,
  segments,
  norms,
  streams,
  shared,
  convolutions,
  convSums,
  forks,
];

/** The same computation in fewer calls. */
export const fused = (graph: Graph, rules: readonly Rule[] = RULES): Graph =>
  rules.reduce((so, rule) => rule(so), graph);
