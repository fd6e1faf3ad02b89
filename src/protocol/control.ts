/** What can be changed while a run goes on; holds from the next optimizer step on. */
export interface RunChange {
  /** The peak: the schedule goes on from there. */
  learningRate?: number;
  weightDecay?: number;
  /** Of early stopping. */
  patience?: number;
  /** Names of the stages whose weights move from now on. */
  stages?: readonly string[];
}

/** Something that happened to a run between two steps, for the chart and the log. */
export type RunMark = { run: string; step: number; epoch: number; seconds: number } & (
  | { kind: 'change'; change: RunChange }
  /** Weights and optimizer state were kept; `step` names them. */
  | { kind: 'checkpoint' }
  /** Back to the best weights, which were those of step `to`. */
  | { kind: 'return'; to: number }
  /** It began with the checkpoint of another run. */
  | { kind: 'branch'; from: BranchPoint }
  /** Early stopping would have ended it here; `best` is the step whose weights it would have gone back to. */
  | { kind: 'stopping'; best: number }
);

/** A checkpoint of a run: its best, its last, or one that was asked for, by its step. */
export interface BranchPoint {
  run: string;
  checkpoint: 'best' | 'last' | number;
}

export type RunControl =
  | { kind: 'change'; change: RunChange }
  | { kind: 'checkpoint' }
  | { kind: 'return-to-best' }
  | { kind: 'pause' }
  | { kind: 'resume' }
  | { kind: 'one-step' }
  /** At most so many steps a second, for people to follow; 0 is as fast as it goes. Changes no number of the run. */
  | { kind: 'pace'; stepsPerSecond: number }
  | { kind: 'validate' }
  | { kind: 'stop-keep' }
  | { kind: 'stop-discard' };
