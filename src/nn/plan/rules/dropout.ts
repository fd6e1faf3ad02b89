import type { Node } from '../graph.ts';
import { each, type Rule } from './rule.ts';

/** What drops nothing is nothing. */
export const dropouts: Rule = each((one) => {
  const [, x, rate] = one.args as [string, Node, number];
  return one.op === 'dropout' && rate === 0 ? [one, { nodes: [], values: new Map([[one, x]]) }] : undefined;
});
