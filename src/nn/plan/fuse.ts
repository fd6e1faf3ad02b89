/** Rewrites of a graph: calls that one kernel does in one go become one node. The rules are by subject in `rules`. */
import type { Graph } from './graph.ts';
import { selfAttention } from './rules/attention.ts';
import { convActivations, convLowRanks, convNorms, convolutions, convStreams, convSums } from './rules/convolutions.ts';
import { dropouts } from './rules/dropout.ts';
import { embeddings, forks, segments } from './rules/embeddings.ts';
import { activations, linearSums, linears, lowRanks } from './rules/linear.ts';
import { norms, shared, streams } from './rules/norms.ts';
import type { Rule } from './rules/rule.ts';

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
  linearSums,
  convolutions,
  convLowRanks,
  convNorms,
  convSums,
  convActivations,
  convStreams,
  forks,
];

/** The same computation in fewer calls. */
export const fused = (graph: Graph, rules: readonly Rule[] = RULES): Graph =>
  rules.reduce((so, rule) => rule(so), graph);
