import { isHeadWeight } from '../../nn/profile.ts';
import { identity, isTrained, type MethodEngine } from '../engine.ts';

/** A new last layer on a frozen model: linear probing. */
export const engine: MethodEngine = {
  method: () => ({
    apply: identity,
    trainable: (weight, architecture) => isTrained(weight) && isHeadWeight(weight, architecture),
  }),
};
