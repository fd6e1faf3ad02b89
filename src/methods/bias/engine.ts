import { identity, isNewHead, type MethodEngine } from '../engine.ts';

/** Every bias moves, those of normalisation among them, and the head where it is new: BitFit (Ben Zaken et al. 2022). */
export const engine: MethodEngine = {
  method: () => ({
    apply: identity,
    trainable: (weight, architecture) => weight.spec.role === 'bias' || isNewHead(weight, architecture),
  }),
};
