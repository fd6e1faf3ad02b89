import * as tf from '@tensorflow/tfjs-core';
import { seedOf, shuffled } from '../../lib/random.ts';
import { upload } from '../../nn/batch.ts';
import { FrozenHead } from '../../nn/frozen-head.ts';
import { forward } from '../../nn/run.ts';
import type { CureEngine } from '../engine.ts';
import { rowsOf } from './rows.ts';

/** Old examples beside a batch of new ones, so that they are a share of both together. */
export const oldBeside = (share: number, batchSize: number): number =>
  Math.max(1, Math.round((share / (1 - share)) * batchSize));

/** Those that a batch of a step is given, without repeats; drawn from the seed. */
export const drawn = (all: number, count: number, seed: number, step: number, part: number): Uint32Array =>
  shuffled(all, seedOf(seed, step, `replay.${part}`)).subarray(0, count);

/**
 * Old examples through the old head, which stays as it came: share / (1 - share) times their mean loss, so that together
 * with the new ones they weigh as if they were that share of every batch (rehearsal, Robins 1995). Their normalisation uses
 * the running statistics, which are those of the new examples to come.
 */
export const engine: CureEngine = {
  async term(share, { original, examples, objective, batchSize, seed }) {
    const { architecture, values, frozen } = original;
    const rows = await rowsOf(examples);
    const head = new FrozenHead(architecture, values, frozen);
    const count = Math.min(examples.count, oldBeside(share, batchSize));
    return {
      begin({ network, boundary, random, part }) {
        const places = drawn(examples.count, count, seed, random.step, part);
        const start = network.until(boundary, { kind: 'arrays', batch: rows.inputs(places) });
        const wanted = upload(rows.targets(places));
        const value = () => {
          const ops = network.ops({ random: { ...random, seed: seedOf(random.seed, 0, 'replay') } });
          const given = forward(network.architecture.stages.slice(boundary, -1), ops, start);
          const { loss } = objective(head.logits(network, given), wanted);
          return tf.mul(loss, share / (1 - share)) as tf.Scalar;
        };
        return { value, tensors: [...Object.values(start), ...Object.values(wanted)] };
      },
      dispose: () => head.dispose(),
    };
  },
};
