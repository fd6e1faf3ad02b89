import * as tf from '@tensorflow/tfjs-core';
import { seedOf, uniform } from '../lib/random.ts';
import type { Batch } from './batch.ts';
import { labelTargets } from './classification.ts';
import type { Learner } from './learner.ts';
import type { WeightValues } from './weights.ts';

/** Examples that answers are sampled for, one at a time. */
export interface FisherExamples {
  count: number;
  input(place: number): Promise<Batch>;
  /** What the example's answer is compared with, in the shape that the objective takes; what is right is not looked at. */
  targets(place: number): Batch;
}

/**
 * Diagonal of the Fisher information of a network's answers: the mean over examples x of (∂ log p(y|x) / ∂w)², y drawn from
 * the network's own answers by (seed, place), as Kunstner et al. 2019 ask for (with the given labels in its place it would
 * be the empirical one). Where every token has an answer, each is drawn, and the square of their sum is divided by how many
 * there are: the information of a token. Weights that move in `learner`, by name; nothing moves.
 */
export async function fisherDiagonal(
  learner: Learner,
  examples: FisherExamples,
  seed: number,
  onDone: (done: number) => void | Promise<void> = () => {},
): Promise<WeightValues> {
  const sums = new Map<string, tf.Tensor>();
  for (let place = 0; place < examples.count; place++) {
    const input = { kind: 'arrays', batch: await examples.input(place) } as const;
    const logits = learner.network.output(input);
    const [width] = logits.shape.slice(-1) as [number];
    const probabilities = tf.tidy(() => tf.softmax(logits));
    const drawn = sampled((await probabilities.data()) as Float32Array, width, seedOf(seed, place, 'fisher'));
    tf.dispose([logits, probabilities]);
    const { targets, count } = answering(drawn, width, examples.targets(place));
    const { gradients, loss, correct } = learner.gradients(input, targets, 0);
    tf.dispose([loss, correct]);
    for (const [name, gradient] of gradients) {
      if (!gradient) continue;
      const before = sums.get(name);
      // the loss is a mean over `count` answers
      const next = tf.tidy(() => {
        const square = tf.mul(tf.square(gradient), count);
        return before ? tf.add(before, square) : square;
      });
      sums.set(name, next);
      tf.dispose(before ? [gradient, before] : gradient);
    }
    await onDone(place + 1);
  }
  const diagonal = new Map<string, Float32Array>();
  for (const [name, sum] of sums) {
    diagonal.set(
      name,
      ((await sum.data()) as Float32Array).map((value) => value / examples.count),
    );
    sum.dispose();
  }
  return diagonal;
}

/** One answer for each row of probabilities [N, K]. */
function sampled(probabilities: Float32Array, width: number, seed: number): Int32Array {
  const next = uniform(seed);
  return Int32Array.from({ length: probabilities.length / width }, (_, row) => {
    let left = next();
    for (let k = 0; k < width - 1; k++) {
      left -= probabilities[row * width + k]!;
      if (left < 0) return k;
    }
    return width - 1;
  });
}

/** Targets that say what was drawn: of classes, or of the tokens that count. */
function answering(drawn: Int32Array, classes: number, given: Batch): { targets: Batch; count: number } {
  if (!given.next) {
    const { batch, count } = labelTargets(drawn, { classes, smoothing: 0 });
    return { targets: batch, count };
  }
  const { smoothing: _, ...targets } = given;
  return { targets: { ...targets, next: { ...given.next, data: drawn } }, count: given.total!.data[0]! };
}
