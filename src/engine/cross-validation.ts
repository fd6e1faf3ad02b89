import { batchesOf, byLength, epochOrder } from '../data/batches.ts';
import { breathe } from '../lib/breathe.ts';
import { seedOf, shuffled } from '../lib/random.ts';
import { learningRateAt } from '../lib/schedule.ts';
import type { Batch } from '../nn/batch.ts';
import type { TargetOptions } from '../nn/classification.ts';
import type { FeatureCache, Input } from '../nn/input.ts';
import type { Learner } from '../nn/learner.ts';
import { softmax } from './evaluate.ts';

/** Folds of the examples: k - 1 train, the last is answered. */
export const FOLDS = 5;
const BATCH = 32;
/** Passes over the training folds: few, so that wrong labels are not learned by heart. */
const EPOCHS = 8;
/** Steps below which nothing is learned, and above which what is learned hardly changes any more. */
const STEPS = { least: 100, most: 600 };
/** Decoupled weight decay: keeps the head from learning single wrong labels by heart. */
const WEIGHT_DECAY = 0.01;

/**
 * The fold of each example, drawn from the seed: every class is dealt out evenly, so that one with two examples is
 * in two folds, and each example is answered by a head that has seen its class.
 */
export function foldsOf(labels: readonly number[], folds: number, seed: number): Uint8Array {
  const of = new Uint8Array(labels.length);
  let next = 0;
  const order = [...shuffled(labels.length, seedOf(seed, 0, 'folds'))].sort((a, b) => labels[a]! - labels[b]!);
  for (const place of order) of[place] = next++ % folds;
  return of;
}

export interface CrossValidation {
  /** Its head trains; it is left as the last fold trained it. */
  learner: Learner;
  /** Features of the examples. */
  cache: FeatureCache;
  /** Their rows in the cache, and their lengths where they differ, in the order of `labels`. */
  rows: readonly number[];
  lengths?: readonly number[] | undefined;
  labels: readonly number[];
  classes: number;
  targets(labels: ArrayLike<number>, o: TargetOptions): Batch;
  learningRate: number;
  seed: number;
  /** Called between steps; throws to stop. `done` counts examples whose fold is through. */
  onProgress(done: number, total: number): void | Promise<void>;
}

/** Probabilities [examples, classes] of each example by a head that was trained without it. */
export async function outOfSample(o: CrossValidation): Promise<Float32Array> {
  const { learner, labels, classes } = o;
  const probabilities = new Float32Array(labels.length * classes);
  const fresh = await learner.read();
  const folds = foldsOf(labels, FOLDS, o.seed);
  const places = labels.map((_, place) => place);
  let done = 0;
  for (let fold = 0; fold < FOLDS; fold++) {
    const held = places.filter((place) => folds[place] === fold);
    learner.write(fresh);
    await train(
      o,
      places.filter((place) => folds[place] !== fold),
      (share) => o.onProgress(done + share * held.length, labels.length),
    );
    const { lengths } = o;
    for (const batch of batchesOf(byLength(held, lengths && ((place) => lengths[place]!)), BATCH)) {
      const logits = await learner.network.logits(inputOf(o, batch));
      batch.forEach((place, i) => {
        probabilities.set(softmax(logits.subarray(i * classes, (i + 1) * classes)), place * classes);
      });
    }
    done += held.length;
  }
  await o.onProgress(labels.length, labels.length);
  return probabilities;
}

async function train(
  o: CrossValidation,
  places: readonly number[],
  onShare: (share: number) => void | Promise<void>,
): Promise<void> {
  const perEpoch = Math.ceil(places.length / BATCH);
  const totalSteps = Math.min(STEPS.most, Math.max(STEPS.least, EPOCHS * perEpoch));
  const schedule = {
    schedule: 'cosine',
    peak: o.learningRate,
    warmupSteps: 0,
    totalSteps,
    stepsPerEpoch: perEpoch,
  } as const;
  const { lengths } = o;
  const buckets = lengths && { lengths: places.map((place) => lengths[place]!), batchSize: BATCH };
  for (let step = 0, epoch = 1; step < totalSteps; epoch++)
    for (const batch of batchesOf(places, BATCH, epochOrder(places.length, o.seed, epoch, buckets))) {
      if (step === totalSteps) break;
      const labels = batch.map((place) => o.labels[place]!);
      const targets = o.targets(labels, { classes: o.classes, smoothing: 0 });
      await o.learner.step([{ input: inputOf(o, batch), targets, count: batch.length }], {
        step,
        learningRate: learningRateAt(step, schedule),
        weightDecay: WEIGHT_DECAY,
        momentum: 0,
      });
      step++;
      await onShare(step / totalSteps);
      await breathe();
    }
}

const inputOf = ({ cache, rows }: CrossValidation, places: readonly number[]): Input => ({
  kind: 'cached',
  cache,
  rows: Int32Array.from(places, (place) => rows[place]!),
});
