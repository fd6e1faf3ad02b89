import type { LearnerState } from '../nn/learner.ts';
import type { StoppingState } from './early-stopping.ts';

/** Optimizer step, epoch and weights with optimizer state: what a run can be taken up from. */
export interface Checkpoint {
  /** Optimizer steps done: with the seed it is the data cursor and the random state, which are functions of both. */
  step: number;
  epoch: number;
  seed: number;
  /** Seconds of training so far. */
  seconds: number;
  stopping: StoppingState;
  state: LearnerState;
}
