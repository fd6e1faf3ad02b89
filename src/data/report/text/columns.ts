import type { LabelColumns } from '../columns.ts';

/** What the report on texts is made from. */
export interface TextColumns extends LabelColumns {
  /** By example; prompts and answers are prompt, line break, answer. */
  texts: readonly string[];
  /** How well a model's tokenizer knows the texts; undefined before a model is chosen. */
  coverage?: Coverage;
}

/** What a model's tokenizer makes of the texts: shares of the tokens, none in both (`coverage` of `lib/coverage.ts`). */
export interface Coverage {
  /** That stand for what the vocabulary does not have. */
  unknownShare: number;
  /** Of words that fell into single characters. */
  singleShare: number;
  /** Ids of the examples that are known worst. */
  examples: readonly number[];
}
