import type { Node } from '../graph.ts';
import { isBinary, isOnce, numberOf } from './rule.ts';

/** y + s z, of which nothing is read elsewhere: a layer and what a low-rank pair makes beside it (Hu et al. 2021). */
export function besideOf(
  one: Node,
  uses: ReadonlyMap<Node, number>,
): { layer: Node; up: Node; scale: number } | undefined {
  const [layer, scaled] = isBinary(one, 'add') ?? [];
  const [up, factor] = (scaled && isBinary(scaled, 'mul')) ?? [];
  const scale = factor && numberOf(factor);
  if (!layer || !scaled || !up || scale === undefined || !isOnce(uses, layer, scaled, up)) return undefined;
  return { layer, up, scale };
}

/** How x is dropped on its way into a pair, if at all; undefined where something else goes in. */
export function intoPair(
  into: Node,
  x: Node,
  uses: ReadonlyMap<Node, number>,
): { dropped?: { name: string; rate: number } } | undefined {
  if (into === x) return {};
  const [name, of, rate, entries = 'entries'] = into.args as [string, Node, number, string?];
  if (into.op !== 'dropout' || of !== x || entries !== 'entries' || !isOnce(uses, into)) return undefined;
  return rate > 0 ? { dropped: { name, rate } } : {};
}
