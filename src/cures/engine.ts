import type { Batch } from '../nn/batch.ts';
import type { Architecture } from '../nn/core.ts';
import type { Objective } from '../nn/loss-gradient.ts';
import type { LossTerm } from '../nn/loss-term.ts';
import type { WeightValues } from '../nn/weights.ts';

/** A model as it came, before anything of it moved: what a cure holds on to. */
export interface Original {
  /** Under the head that it came with. */
  architecture: Architecture;
  /** Of every weight that the architecture reads, in memory's layout. */
  values: WeightValues;
  /** Weights of its head that the tuned network has not, or has anew: they stay as they came, as the meter scores by them. */
  frozen: ReadonlySet<string>;
}

/** Examples of the old task, or what stands in for them, in batches of any places. */
export interface OldExamples {
  count: number;
  input(places: readonly number[]): Promise<Batch>;
  /** Under the old head. */
  targets(places: readonly number[]): Batch;
}

/** What a cure is made from, once, before the first step. */
export interface CureContext {
  original: Original;
  /** Weights that came with the model and are still its own: all but a new head's. */
  own: ReadonlySet<string>;
  /** What the method moves. */
  trainable: ReadonlySet<string>;
  examples: OldExamples;
  objective: Objective;
  seed: number;
  batchSize: number;
  /** Told now and then while it gets ready; throws where the run was stopped. */
  onDone(done: number, total: number): void | Promise<void>;
}

/** What the engine knows of a cure: a term of the loss, of this strength. */
export interface CureEngine {
  term(strength: number, context: CureContext): Promise<LossTerm>;
}
