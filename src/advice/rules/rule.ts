import type { Advice, AdviceCode, RunFacts } from '../facts.ts';
import type { Measures } from '../measures.ts';

/** One thing that can be wrong with a run, and how its numbers show it. */
export interface Rule {
  code: AdviceCode;
  /** Where it is about one kind of answers alone. */
  output?: RunFacts['output'];
  /** What this rule's finding is the cause of: those are not told beside it. */
  explains: readonly AdviceCode[];
  look(facts: RunFacts, measures: Measures): Omit<Advice, 'code'> | undefined;
}
