import type * as tf from '@tensorflow/tfjs-core';
import type { Batch } from './batch.ts';
import { trainingBackend } from './kernels/backend.ts';
import { crossEntropy as fusedCrossEntropy } from './kernels/cross-entropy.ts';
import type { Objective } from './loss-gradient.ts';
import { classificationTargets, correctCount, crossEntropy, type Partners } from './losses.ts';

export interface TargetOptions {
  classes: number;
  smoothing: number;
  weights?: Float32Array;
  partners?: Partners | undefined;
}

/** What the objective compares with. */
export interface Targets {
  batch: Batch;
  /** What the loss is a mean over: examples, or tokens of answers. */
  count: number;
}

/** Of examples with one label each. */
export function labelTargets(labels: ArrayLike<number>, o: TargetOptions): Targets {
  const soft = classificationTargets(labels, o.classes, {
    smoothing: o.smoothing,
    ...(o.weights ? { weights: o.weights } : {}),
    partners: o.partners,
  });
  const { partners } = o;
  /** The one that an answer must name: the label with the greater share. */
  const heavier = Int32Array.from(labels, (label, i) =>
    partners && partners.shares[i]! < 0.5 ? partners.labels[i]! : label,
  );
  return {
    batch: {
      targets: { data: soft.targets, shape: [labels.length, o.classes], dtype: 'float32' },
      total: { data: Float32Array.of(soft.total), shape: [], dtype: 'float32' },
      labels: { data: heavier, shape: [labels.length], dtype: 'int32' },
    },
    count: labels.length,
  };
}

/** Cross-entropy of logits [B, K] with `labelTargets`. */
export const labelObjective: Objective = (logits, t) =>
  trainingBackend()
    ? fusedCrossEntropy(logits, { labels: t.labels!, shares: t.targets!, total: t.total! })
    : composedObjective(logits, t);

const composedObjective: Objective = (logits, t) => ({
  loss: crossEntropy(logits, t.targets!, t.total as tf.Scalar),
  correct: correctCount(logits, t.labels!),
});
