import type { AttentionOptions } from '../../core.ts';
import { isNode, type Node } from '../graph.ts';
import { callOf, type LinearCall } from './linear.ts';
import { each, inPlace, isOnce, node, type Rule, widthOf } from './rule.ts';

/** Queries, keys and values of one x by three layers: one product, and attention on what it gives. */
export const selfAttention: Rule = each((one, uses) => {
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
