import * as tf from '@tensorflow/tfjs-core';
import { type Batch, upload } from './batch.ts';
import type { Values } from './core.ts';
import type { Input } from './input.ts';
import { trainingBackend } from './kernels/backend.ts';
import { crossEntropy } from './kernels/cross-entropy.ts';
import type { Objective } from './loss-gradient.ts';
import type { Network } from './network.ts';

/** Logits that are worked on at once: a large vocabulary goes through in pieces of 16 MiB, not in copies of the whole. */
export const AT_ONCE = 2 ** 22;

/** `work` on pieces of rows of x [N, V], its results one after the other. */
function inPieces(x: tf.Tensor2D, work: (piece: tf.Tensor2D, from: number) => tf.Tensor, atOnce: number): tf.Tensor {
  const [rows, width] = x.shape;
  const most = Math.max(1, Math.floor(atOnce / width));
  if (rows <= most) return tf.tidy(() => work(x, 0));
  const pieces: tf.Tensor[] = [];
  for (let from = 0; from < rows; from += most) {
    const size = [Math.min(most, rows - from), width] as [number, number];
    pieces.push(tf.tidy(() => work(tf.slice(x, [from, 0], size), from)));
  }
  const whole = tf.concat(pieces);
  tf.dispose(pieces);
  return whole;
}

/** log Σ exp(x) of each row, [N, V] -> [N]. */
const logSums = (x: tf.Tensor2D, atOnce: number): tf.Tensor1D =>
  inPieces(x, (piece) => tf.logSumExp(piece, 1), atOnce) as tf.Tensor1D;

/** x[i, labels[i]], [N, V] -> [N]. */
function pick(x: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor {
  const [rows, width] = x.shape;
  const places = tf.add(tf.mul(tf.range(0, rows, 1, 'int32'), tf.scalar(width, 'int32')), labels);
  return tf.gather(tf.reshape(x, [-1]), places as tf.Tensor1D);
}

/** What each row of logits [N, V] loses, [N]; `smoothing` ε has a share of it spread over the vocabulary. */
function lossOfEach(x: tf.Tensor2D, labels: tf.Tensor1D, sums: tf.Tensor1D, smoothing?: tf.Scalar): tf.Tensor {
  const wanted = pick(x, labels);
  if (!smoothing) return tf.sub(sums, wanted);
  const spread = tf.mul(smoothing, tf.sub(tf.mean(x, 1), wanted));
  return tf.sub(sums, tf.add(wanted, spread));
}

/**
 * Cross-entropy of logits [N, V] with one label each [N] int32, weighted [N]: Σ w (log Σ exp(x) - x·q) / total with
 * q = (1 - ε) onehot(label) + ε / V, as PyTorch's `cross_entropy` (Szegedy et al. 2016, section 7). The gradient is
 * w (softmax(x) - q) / total; nothing of the size of the logits is kept for it.
 */
export function sparseCrossEntropy(
  logits: tf.Tensor2D,
  t: { labels: tf.Tensor1D; weights: tf.Tensor1D; total: tf.Scalar; smoothing?: tf.Scalar | undefined },
  atOnce = AT_ONCE,
): tf.Scalar {
  const { labels, weights, total, smoothing } = t;
  const width = logits.shape[1];
  const compute = tf.customGrad((input, save) => {
    const x = input as tf.Tensor2D;
    const sums = logSums(x, atOnce);
    (save as (tensors: tf.Tensor[]) => void)([x, sums]);
    const value = tf.div(tf.sum(tf.mul(lossOfEach(x, labels, sums, smoothing), weights)), total);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const share = tf.div(tf.mul(dy, weights), total); // [N]
      return inPieces(
        saved[0] as tf.Tensor2D,
        (piece, from) => {
          const rows = piece.shape[0];
          const column = (y: tf.Tensor) => tf.reshape(tf.slice(y, [from], [rows]), [rows, 1]);
          const likely = tf.tidy(() => tf.exp(tf.sub(piece, column(saved[1]!)))); // softmax
          const gap = tf.tidy(() => tf.sub(likely, wantedShares(tf.slice(labels, [from], [rows]), width, smoothing)));
          likely.dispose();
          const gradient = tf.mul(gap, column(share));
          gap.dispose();
          return gradient;
        },
        atOnce,
      );
    };
    return { value, gradFunc };
  });
  return compute(logits) as tf.Scalar;
}

/** q of labels [N]: [N, V]. */
function wantedShares(labels: tf.Tensor1D, width: number, smoothing?: tf.Scalar): tf.Tensor {
  // the WASM backend writes integers into a one-hot of floats (TensorFlow.js 4.22)
  const onehot = tf.cast(tf.oneHot(labels, width), 'float32');
  if (!smoothing) return onehot;
  return tf.add(tf.mul(onehot, tf.sub(tf.scalar(1), smoothing)), tf.div(smoothing, tf.scalar(width)));
}

/** Logits [B, T, V] as rows [B*T, V], and what each row is compared with. */
const flatten = (logits: tf.Tensor, t: Values<tf.Tensor>) => ({
  rows: tf.reshape(logits, [-1, logits.shape.at(-1)!]) as tf.Tensor2D,
  labels: tf.reshape(t.next!, [-1]) as tf.Tensor1D,
  weights: tf.reshape(t.weights!, [-1]) as tf.Tensor1D,
});

/** 1 where the likeliest token is the label, times its weight, [N]. */
const rightOfEach = ({ rows, labels, weights }: ReturnType<typeof flatten>): tf.Tensor =>
  tf.mul(tf.cast(tf.equal(tf.argMax(rows, 1), labels), 'float32'), weights);

/**
 * Of logits [B, T, V] and targets `next` [B, T], `weights` [B, T] (0 where nothing is learned), their sum `total`, and
 * `smoothing` where there is some: the mean over the tokens that are learned, and how many of them are the likeliest.
 */
export const nextTokenObjective: Objective = (logits, t) =>
  trainingBackend()
    ? crossEntropy(logits, { labels: t.next!, weights: t.weights!, total: t.total!, smoothing: t.smoothing })
    : composedObjective(logits, t);

const composedObjective: Objective = (logits, t) => {
  const flat = flatten(logits, t);
  const { rows, labels, weights } = flat;
  const smoothing = t.smoothing as tf.Scalar | undefined;
  return {
    loss: sparseCrossEntropy(rows, { labels, weights, total: t.total as tf.Scalar, smoothing }),
    correct: tf.sum(rightOfEach(flat)) as tf.Scalar,
  };
};

/** Of each text of a batch: the sum of its learned tokens' losses, and how many of them are the likeliest. Logits stay on the device. */
export async function textFigures(
  network: Pick<Network, 'output'>,
  input: Input,
  targets: Batch,
): Promise<{ loss: Float32Array; correct: Float32Array }> {
  const logits = network.output(input);
  const both = tf.tidy(() => {
    const t = upload(targets);
    const flat = flatten(logits, t);
    const { rows, labels, weights } = flat;
    const losses = tf.mul(lossOfEach(rows, labels, logSums(rows, AT_ONCE)), weights);
    return [losses, rightOfEach(flat)].map((each) => tf.sum(tf.reshape(each, t.next!.shape), 1)); // [B]
  });
  logits.dispose();
  const [loss, correct] = (await Promise.all(both.map((each) => each.data()))) as Float32Array[];
  tf.dispose(both);
  return { loss: loss!, correct: correct! };
}
