import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stopBackend } from '../backends/index.ts';
import { sample } from '../backends/testing.ts';
import { labelObjective, labelTargets } from '../classification.ts';
import type { Values } from '../core.ts';
import type { Objective } from '../loss-gradient.ts';
import { nextTokenObjective } from '../next-token.ts';
import { Tape } from '../tape.ts';
import { dispatchesOf, gapOf, OPEN_ROW_WAYS, startIn } from './testing.ts';
import { ROW_THREADS } from './way.ts';

describe.each(OPEN_ROW_WAYS)('%s', (way) => {
  beforeAll(() => startIn(way));
  afterAll(stopBackend);

  const CLOSE = 1e-5;
  type Make = () => Values<tf.Tensor>;

  const nextToken =
    (shape: [number, number], vocab: number, smoothing?: number): Make =>
    () => {
      const count = shape[0] * shape[1];
      const weights = Float32Array.from({ length: count }, (_, i) => (i % 4 === 2 ? 0 : 1 + (i % 3)));
      return {
        next: tf.tensor(
          Int32Array.from({ length: count }, (_, i) => (i * 7) % vocab),
          shape,
          'int32',
        ),
        weights: tf.tensor(weights, shape),
        total: tf.scalar(weights.reduce((a, b) => a + b)),
        ...(smoothing === undefined ? {} : { smoothing: tf.scalar(smoothing) }),
      };
    };

  const labelled =
    (count: number, classes: number): Make =>
    () => {
      const labels = Array.from({ length: count }, (_, i) => (i * 5) % classes);
      const partners = {
        labels: labels.map((label) => (label + 1) % classes),
        shares: labels.map((_, i) => (i % 4) / 4),
      };
      const weights = Float32Array.from({ length: classes }, (_, c) => 0.5 + c);
      const { batch } = labelTargets(labels, { classes, smoothing: 0.1, weights, partners });
      return Object.fromEntries(
        Object.entries(batch).map(([name, { data, shape, dtype }]) => [name, tf.tensor(data, [...shape], dtype)]),
      );
    };

  /** Loss and the count of right answers; `own` logits are held by nobody else. */
  const both = (objective: Objective, targets: Make, own: boolean) => (x: tf.Tensor) => {
    const t = targets();
    for (const tensor of Object.values(t)) tf.keep(tensor);
    const { loss, correct } = objective(own ? tf.neg(x) : x, t);
    return [loss, correct];
  };

  describe('cross-entropy', () => {
    it.each([
      ['of labels', nextTokenObjective, [2, 5, 7], nextToken([2, 5], 7)],
      ['of labels in a large vocabulary', nextTokenObjective, [1, 3, 1031], nextToken([1, 3], 1031)],
      ['of smoothed labels', nextTokenObjective, [2, 5, 67], nextToken([2, 5], 67, 0.1)],
      ['of mixed, weighted and smoothed classes', labelObjective, [9, 5], labelled(9, 5)],
      ['of two classes', labelObjective, [70, 2], labelled(70, 2)],
    ] as const)('%s, over the logits and beside them', async (_, objective, shape, targets) => {
      const wide = sample([...shape], 3);
      const logits = { ...wide, values: wide.values.map((x) => 6 * x) };
      for (const own of [true, false])
        expect(await gapOf([logits], both(objective, targets, own), both(objective, targets, own))).toBeLessThan(CLOSE);
    });

    it('takes three dispatches, and the logits become their gradient where nobody else holds them', () => {
      const x = tf.variable(tf.ones([2, 5, 7]));
      const one = tf.scalar(1);
      const targets = nextToken([2, 5], 7)();
      const tape = new Tape([x]);
      const kernels = dispatchesOf(() => {
        const loss = tape.record(() => nextTokenObjective(tf.neg(x), targets).loss);
        const [gradient] = tape.backward([{ of: loss, dy: one }]);
        tf.dispose([loss, gradient!]);
      });
      expect(kernels).toEqual([
        `crossEntropy.rows/labels/${ROW_THREADS[way]}`,
        'crossEntropy.mean',
        `crossEntropy.gradient/labels/${ROW_THREADS[way]}/inPlace`,
      ]);
      tf.dispose([x, one, ...Object.values(targets)]);
    });
  });
});
