import type { ClassCounts, DataKind, DataReport } from '../protocol/dataset.ts';
import type { Evaluation } from '../protocol/result.ts';
import type { RunSettings, RunStatus } from '../protocol/run.ts';

/** A curve as columns of the same length, in the order of their steps. */
export type Curve = Readonly<
  Record<'step' | 'epoch' | 'loss' | 'accuracy' | 'examples' | 'learningRate', ArrayLike<number>>
>;

/** A method and the learning rate that suits it. */
export type MethodChoice = Pick<RunSettings, 'method' | 'learningRate'>;

/** What is known of a run when it is over. */
export interface RunFacts {
  settings: RunSettings;
  /** What its examples are, and whether it answers with one of the classes or with the next token. */
  input: DataKind;
  output: 'class' | 'token';
  /** Whether training examples may be altered. */
  alters: boolean;
  status: RunStatus;
  /** A point for each step. */
  train: Curve;
  /** A point for each epoch; the first is the model before training. */
  validation: Curve;
  /** Of the task that the model knew before; without points where nobody watched it. */
  old?: Curve | undefined;
  /** The share of old examples that the next run could play again; undefined where it cannot, or does so already. */
  replay?: number | undefined;
  /** Of the classes that the run tells apart; undefined where the data set is no longer open. */
  counts?: readonly ClassCounts[] | undefined;
  classes: number;
  evaluation?: Evaluation | undefined;
  report?: DataReport | undefined;
  /** The learning rate that the run's method starts from. */
  usualRate?: number | undefined;
  /** The method that moves the next more, or the next fewer, of the model's weights. */
  freer?: MethodChoice | undefined;
  calmer?: MethodChoice | undefined;
}

export const ADVICE_CODES = [
  'rate-too-high',
  'rate-too-low',
  'few-examples',
  'dirty-labels',
  'majority',
  'underfitting',
  'overfitting',
  'ran-out',
  'forgetting',
  'imbalance',
  'stopping-idle',
  'validation-small',
  'try-freer',
  'try-augmentation',
  'try-seed',
] as const;
export type AdviceCode = (typeof ADVICE_CODES)[number];

/** What can be done about the data rather than the settings. */
export type DataStep = 'add' | 'labels' | 'split';

/** One finding about a run, with its evidence and what the next run would do about it. */
export interface Advice {
  code: AdviceCode;
  /** `mend` spoils the result, `note` is worth knowing, `try` is what could still be tried. */
  severity: 'mend' | 'note' | 'try';
  /** Which of the code's sentences tells the evidence: `advice.<code>.evidence_<because>`. */
  because?: string;
  /** Fills the gaps of its sentences; shares as fractions, losses in nats. */
  values: Readonly<Record<string, number | string>>;
  /** Laid over the run's settings. */
  setUp?: Partial<RunSettings>;
  data?: DataStep;
}
