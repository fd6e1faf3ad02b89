import type { ImageDataset } from '../data/dataset.ts';
import type { Mix, Occasion } from '../nn/augment/mix.ts';
import type { Batch } from '../nn/batch.ts';
import type { ArrayInput } from '../nn/input.ts';
import type { Objective } from '../nn/learner.ts';
import type { Partners } from '../nn/losses.ts';
import type { PreprocessorConfig } from '../protocol/model.ts';
import type { Augmentation } from '../protocol/run.ts';

export interface TargetOptions {
  classes: number;
  smoothing: number;
  weights?: Float32Array;
  partners?: Partners | undefined;
}

/** What is done to one batch of training examples. */
export interface Augmented {
  augment: NonNullable<ArrayInput['augment']>;
  /** Which of them were mixed with which. */
  mix: Mix | undefined;
}

/** Examples of a data set as one model takes them. */
export interface ExampleSource {
  label(id: number): number;
  inputs(ids: readonly number[]): Promise<Batch>;
  /** Draws what is done to the examples of an occasion; `inputs` itself changes nothing. */
  augmented(augmentation: Augmentation, occasion: Occasion): Augmented;
}

/** What the engine knows of a task: how its examples become batches, and what is minimised. */
export interface TaskEngine {
  source(dataset: ImageDataset, preprocessor: PreprocessorConfig): ExampleSource;
  /** One file that a person tries. Throws a problem that names it. */
  read(file: Blob, name: string, preprocessor: PreprocessorConfig): Promise<Batch>;
  /** A frame of the camera, as a picture of the same pixels. The caller closes it. */
  frame(frame: ImageBitmap, preprocessor: PreprocessorConfig): Batch;
  /** An example of a batch of inputs as the model sees it, for a person to look at. */
  show(batch: Batch, place: number, preprocessor: PreprocessorConfig): Promise<Blob>;
  /** What the objective compares with. */
  targets(labels: ArrayLike<number>, o: TargetOptions): Batch;
  objective: Objective;
}
