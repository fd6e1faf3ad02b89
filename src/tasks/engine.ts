import type { Batch } from '../nn/batch.ts';
import type { Objective } from '../nn/learner.ts';
import type { PreprocessorConfig } from '../protocol/model.ts';

export interface TargetOptions {
  classes: number;
  smoothing: number;
  weights?: Float32Array;
}

/** What the engine knows of a task over examples `E`. */
export interface TaskEngine<E> {
  /** The network's inputs. */
  inputs(examples: readonly E[], preprocessor: PreprocessorConfig): Batch;
  /** What the objective compares with. */
  targets(labels: ArrayLike<number>, o: TargetOptions): Batch;
  objective: Objective;
}
