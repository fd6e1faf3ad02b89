import type { DataKind } from '../protocol/dataset.ts';
import type { OptionSpec } from '../protocol/options.ts';

/** What the page knows of a task. */
export interface TaskMeta {
  id: string;
  /** What its examples are. */
  input: DataKind;
  /** Data of other tasks that its models take too: their labels are what is to be written. */
  takes?: readonly string[];
  /** Whether a model answers with one of the classes, or with the next token. */
  output: 'class' | 'token';
  /** Settings of a run that only this task has: `RunSettings.task`. */
  options: readonly OptionSpec[];
  /** Whether training examples may be altered: an answer that is altered would be a wrong one. */
  alters: boolean;
  /** Learning rates that suit its models, by method, where they are not the method's own. */
  learningRates: Readonly<Record<string, number>>;
}
