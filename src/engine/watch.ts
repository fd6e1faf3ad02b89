import type { MatrixEvent, RunSample, StepMetrics } from '../protocol/run.ts';

/** Where a run stands when it is looked at: after so many optimizer steps. */
export type Moment = Pick<StepMetrics, 'run' | 'step' | 'epoch' | 'seconds'>;

/** What was seen. */
export type Seen = { kind: 'metrics'; point: StepMetrics } | { kind: 'sample'; sample: RunSample } | MatrixEvent;

/**
 * Looks at a run at its validations, before its first step too. It changes nothing of the run: neither a weight nor what
 * is drawn next. Nothing seen is an empty list.
 */
export type Watcher = (at: Moment) => Promise<readonly Seen[]>;
