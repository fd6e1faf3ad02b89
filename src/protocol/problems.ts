/**
 * What went wrong, as data. The worker never writes sentences: a code names one in the locale files
 * (`problem.<code>`), and `values` fill its gaps. `file`, `row` and `column` say where.
 */
export const PROBLEM_CODES = [
  // data
  'image-unreadable',
  'file-empty',
  'file-not-image',
  'zip-damaged',
  'zip-too-large',
  'zip-encrypted',
  'zip-entry-outside',
  'zip-in-zip',
  'csv-no-columns',
  'csv-ragged-row',
  'csv-file-missing',
  'csv-label-empty',
  'csv-row-repeated',
  'csv-file-ambiguous',
  'csv-split-unknown',
  'csv-images-unlisted',
  'csv-encoding',
  'csv-label-guessed',
  'jsonl-bad-line',
  'file-left-out',
  'csv-quote-open',
  'json-broken',
  'table-unreadable',
  'table-too-large',
  'table-no-rows',
  'table-column-named',
  'text-encoding',
  'text-letters-lost',
  'text-nul',
  'text-long',
  'xlsx-other-sheets',
  'folders-nested',
  'same-path',
  'and-more',
  'image-unlabelled',
  'no-images',
  'no-texts',
  'one-class',
  'class-too-small',
  'split-too-small',
  'sample-missing',
  'column-missing',
  'conversation-unreadable',
  'answer-missing',
  'labels-too-many',
  'data-unfit',
  'probes-unfit',
  'probes-few',
  // models
  'model-missing',
  'model-in-use',
  'model-damaged',
  'model-hash',
  'model-mismatch',
  'model-config',
  'checkpoint-incomplete',
  'checkpoint-pickle',
  'checkpoint-type',
  'checkpoint-option',
  'checkpoint-dtype',
  'tokenizer-unfit',
  'prompt-too-long',
  'answers-cut',
  // backends
  'no-webgpu',
  'fallback-adapter',
  'trial-steps',
  'adapter-too-small',
  'device-lost',
  'out-of-memory',
  // what is kept
  'storage-full',
  'storage-private',
  'storage-failed',
  'project-elsewhere',
  'project-missing',
  'project-incomplete',
  // runs
  'reloaded',
  'nothing-trains',
  'profile-cut',
  'method-texts',
  'method-applied',
  'method-writes',
  'examples-no-room',
  'prompt-no-room',
  'modules-none',
  'rank-too-large',
  'rate-unfit',
  'decay-unfit',
  'patience-unfit',
  'stage-unknown',
  'cure-unfit',
  'tasks-unfit',
  'no-best',
  'branch-missing',
  'branch-data',
  'branch-model',
  'branch-method',
  'branch-over',
  'diverged',
  'link-too-long',
  'link-damaged',
  'link-version',
  'link-unknown',
  'link-value',
  'busy',
  'no-dataset',
  'no-run',
  'internal',
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

export type Severity = 'error' | 'warning' | 'note';

export interface Problem {
  code: ProblemCode;
  severity: Severity;
  /** Fills the gaps of the sentence: `file`, `row`, `column`, `class`, counts and so on. */
  values: Readonly<Record<string, string | number>>;
}

/** Thrown inside the worker; crosses to the page as its `problem`. */
export class ProblemError extends Error {
  readonly problem: Problem;
  constructor(code: ProblemCode, values: Problem['values'] = {}, options?: ErrorOptions) {
    super(`${code} ${JSON.stringify(values)}`, options);
    this.name = 'ProblemError';
    this.problem = { code, severity: 'error', values };
  }
}

export const warning = (code: ProblemCode, values: Problem['values'] = {}): Problem => ({
  code,
  severity: 'warning',
  values,
});
export const note = (code: ProblemCode, values: Problem['values'] = {}): Problem => ({
  code,
  severity: 'note',
  values,
});
