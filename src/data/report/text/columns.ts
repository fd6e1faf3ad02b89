import type { LabelColumns } from '../columns.ts';

/** What the report on texts is made from. */
export interface TextColumns extends LabelColumns {
  /** By example; prompts and answers are prompt, line break, answer. */
  texts: readonly string[];
  /** How well a model's tokenizer knows the texts; undefined before a model is chosen. */
  coverage?: Coverage;
}

/** What a tokenizer makes of the texts. */
export interface Coverage {
  /** Share of the tokens that stand for what the vocabulary does not have. */
  unknownShare: number;
  /** Share of the words that fall into single characters. */
  singleShare: number;
  /** Ids of the examples that are known worst. */
  examples: readonly number[];
}
