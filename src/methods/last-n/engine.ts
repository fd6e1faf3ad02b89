import { byDepth } from '../depth.ts';
import { identity, isTrained, type MethodEngine } from '../engine.ts';

/** The last N stages move, the head among them. A weight that an earlier stage reads too stays frozen. */
export const engine: MethodEngine = {
  method: (options, architecture) => ({
    apply: identity,
    trainable: (weight, { stages: all }) =>
      isTrained(weight) && Math.min(...weight.stages) >= all.length - Math.max(1, Number(options.stages)),
    ...byDepth(options, architecture),
  }),
};
