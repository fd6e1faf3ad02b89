import type { Observer } from '../nn/observe.ts';
import type { InsideEvent, MapEvent } from '../protocol/inside.ts';
import type { MatrixEvent, RunSample, StepMetrics } from '../protocol/run.ts';

/** Where a run stands when it is looked at: after so many optimizer steps. */
export type Moment = Pick<StepMetrics, 'run' | 'step' | 'epoch' | 'seconds'>;

/** What was seen. */
export type Seen =
  | { kind: 'metrics'; point: StepMetrics }
  | { kind: 'sample'; sample: RunSample }
  | InsideEvent
  | MapEvent
  | MatrixEvent;

/**
 * Looks at a run at its validations, before its first step too. It changes nothing of the run: neither a weight nor what
 * is drawn next. Nothing seen is an empty list.
 */
export type Watcher = (at: Moment) => Promise<readonly Seen[]>;

/** Looks on at what a run does anyway; it changes nothing of it either. */
export interface Onlooker {
  /** Sees validation batches on their way through the run's own network. */
  observer: Observer;
  /** Whether the validation at this epoch, a fraction in its midst, is looked at, and the step right before it measured. */
  wants(epoch: number): boolean;
  /** This step, counted from 1, is measured (`Learner.norms`). */
  measures(step: number): void;
  /** Right before and right after a validation batch is put on the device's queue. */
  before(ids: readonly number[]): void;
  after(ids: readonly number[]): void;
}
