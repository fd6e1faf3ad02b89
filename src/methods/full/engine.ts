import { identity, isTrained, type MethodEngine } from '../engine.ts';

/** Every weight moves. */
export const engine: MethodEngine = { method: () => ({ apply: identity, trainable: isTrained }) };
