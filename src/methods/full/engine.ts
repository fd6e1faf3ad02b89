import { byDepth } from '../depth.ts';
import { identity, isTrained, type MethodEngine } from '../engine.ts';

/** Every weight moves. */
export const engine: MethodEngine = {
  method: (options, architecture) => ({ apply: identity, trainable: isTrained, ...byDepth(options, architecture) }),
};
