import type { OptionSpec } from '../protocol/options.ts';

/** What the page knows of a method. Names and notes are locale keys: `method.<id>.name`, `method.<id>.note`. */
export interface MethodMeta {
  id: string;
  options: readonly OptionSpec[];
  /** A learning rate that suits it with AdamW, to start from. */
  learningRate: number;
}
