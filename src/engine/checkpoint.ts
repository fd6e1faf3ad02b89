import type { LearnerState } from '../nn/learner.ts';
import type { StoppingState } from './early-stopping.ts';

/** Over the training steps of an epoch. */
export interface EpochSums {
  loss: number;
  correct: number;
  examples: number;
}

/** Optimizer step, epoch and weights with optimizer state: what a run can be taken up from. */
export interface Checkpoint {
  /** Optimizer steps done: with the seed it is the data cursor and the random state, which are functions of both. */
  step: number;
  /** Whole epochs done. */
  epoch: number;
  seed: number;
  /** Seconds of training so far. */
  seconds: number;
  stopping: StoppingState;
  /** Of the epoch that was begun, where it was made in the midst of one. */
  sums?: EpochSums | undefined;
  state: LearnerState;
}

/** A checkpoint that somebody asked for: its tensors leave the memory once they are on the disk. */
export interface AskedCheckpoint extends Omit<Checkpoint, 'state'> {
  load(): Promise<LearnerState>;
}
