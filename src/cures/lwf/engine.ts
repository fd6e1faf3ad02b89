import * as tf from '@tensorflow/tfjs-core';
import { FrozenHead } from '../../nn/frozen-head.ts';
import { Network } from '../../nn/network.ts';
import { distillation } from '../../nn/penalties.ts';
import type { CureEngine } from '../engine.ts';

/** Li and Hoiem 2016, section 3. */
const TEMPERATURE = 2;

const asRows = (logits: tf.Tensor): tf.Tensor => tf.reshape(logits, [-1, logits.shape.at(-1)!]);

/**
 * What the model as it came answers to each batch of new examples under its own head, and how far the tuned body is from
 * that under the same head (Li and Hoiem 2016). The answers are computed with the batch: augmented examples have no others.
 * Where every token has an answer, those that the run learns count.
 */
export const engine: CureEngine = {
  async term(strength, { original }) {
    const { architecture, values, frozen } = original;
    const before = new Network(architecture, values);
    const head = new FrozenHead(architecture, values, frozen);
    return {
      begin({ network, input, targets: { weights } }) {
        const answers = before.output(input);
        const value = (given: Parameters<FrozenHead['logits']>[1]) => {
          const logits = asRows(head.logits(network, given));
          const counted = weights && tf.reshape(weights, [-1]);
          return tf.mul(distillation(logits, asRows(answers), TEMPERATURE, counted), strength) as tf.Scalar;
        };
        return { value, tensors: [answers] };
      },
      dispose() {
        before.dispose();
        head.dispose();
      },
    };
  },
};
