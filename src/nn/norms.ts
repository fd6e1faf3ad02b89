import * as tf from '@tensorflow/tfjs-core';

/** Lengths (L2) of one optimizer step, weight by weight. */
export interface StepNorms {
  names: readonly string[];
  /** Of the gradient as the loss gives it, before clipping. */
  gradient: Float32Array;
  /** Of what the step changed, and of the weight before it. */
  update: Float32Array;
  weight: Float32Array;
}

/** A running sum of single precision loses what is added to it once it is so much greater: large tensors are summed by row. */
const LARGE = 2 ** 16;

function squares(x: tf.Tensor): tf.Tensor {
  const square = tf.square(x);
  return tf.sum(x.size > LARGE && x.rank > 1 ? tf.sum(square, -1) : square);
}

/**
 * Sees each weight as a step moves it. The sums wait on the device until the step has been queued and are read as one
 * tensor: nothing waits for them, and no second copy of a weight is held.
 */
export class NormTaker {
  private readonly names: (string | undefined)[] = [];
  private readonly sums: tf.Tensor[] = [];

  readonly see = (name: string, gradient: tf.Tensor, before: tf.Tensor, after: tf.Tensor): void => {
    this.names.push(name);
    const sums = tf.tidy(() => [squares(gradient), squares(tf.sub(after, before)), squares(before)]);
    this.sums.push(...sums.map(tf.keep));
  };

  /** Sums of squares that a kernel made in the same order, [names, 3]; a row without a name counts for nothing. */
  readonly add = (names: readonly (string | undefined)[], sums: tf.Tensor): void => {
    this.names.push(...names);
    this.sums.push(tf.keep(sums));
  };

  async read(): Promise<StepNorms> {
    const { sums } = this;
    const flat = tf.tidy(() => (sums.length > 0 ? tf.concat(sums.map((sum) => tf.reshape(sum, [-1]))) : tf.zeros([0])));
    tf.dispose(sums.splice(0));
    const values = (await flat.data()) as Float32Array;
    flat.dispose();
    const rows = this.names.flatMap((name, i) => (name === undefined ? [] : [{ name, at: 3 * i }]));
    const column = (place: number) => Float32Array.from(rows, ({ at }) => Math.sqrt(values[at + place]!));
    return { names: rows.map(({ name }) => name), gradient: column(0), update: column(1), weight: column(2) };
  }
}
