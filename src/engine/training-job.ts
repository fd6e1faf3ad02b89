import type { Learner } from '../nn/learner.ts';
import type { RunMark } from '../protocol/control.ts';
import type { InForce } from '../protocol/marks.ts';
import type { RunSettings, RunStatus, StepMetrics } from '../protocol/run.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Control } from './control.ts';
import type { FeedOptions } from './feed.ts';
import type { Onlooker, Seen, Watcher } from './watch.ts';

/** Everything a run needs; it knows no model, no task and no method. */
export interface TrainingJob extends FeedOptions {
  run: string;
  settings: RunSettings;
  learner: Learner;
  control: Control;
  /** What looks at the run at each validation, in this order. */
  watchers?: readonly Watcher[] | undefined;
  onlooker?: Onlooker | undefined;
  /** Where to go on, and the best so far. */
  from?: { last: Checkpoint; best: Checkpoint | undefined } | undefined;
  /** It begins with what another run came to: its first figures are of that. */
  branches?: boolean | undefined;
  /** What the settings say, with all that was changed before `from`. */
  inForce: InForce;
  /** What moves where somebody chose the stages. */
  movable(stages: readonly string[]): ReadonlySet<string>;
  /** What an epoch, from 1, learns, as many each time; undefined where that is all training examples, in each. */
  learned?: ((epoch: number) => readonly number[]) | undefined;
  /** What moves in an epoch, from 1, as long as nobody chose; undefined where that is the same in each. */
  moving?: ((epoch: number) => ReadonlySet<string>) | undefined;
  /** Halts after this epoch, counted from 1. */
  until?: number | undefined;
  /** Bytes on the device that are none of the run's. */
  beside?: (() => number) | undefined;
  /** See `RunStatus`. */
  probes?: RunStatus['probes'];
  /** What the status says and this run does not change. */
  backend: string;
  unrepeatable: readonly string[];
}

export type TrainEvent =
  | { kind: 'metrics'; point: StepMetrics }
  | Seen
  | { kind: 'status'; status: RunStatus }
  | { kind: 'mark'; mark: RunMark }
  | { kind: 'checkpoint'; which: 'best' | 'last' | 'asked'; checkpoint: Checkpoint };
