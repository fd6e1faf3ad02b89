import { anchorTerm } from '../../nn/anchor-term.ts';
import type { CureEngine } from '../engine.ts';

/**
 * alpha / 2 |w - w₀|² over the weights that came with the model (Li, Grandvalet and Davoine 2018); a new head, which came
 * from nowhere, is left alone.
 */
export const engine: CureEngine = {
  async term(alpha, { original, own }) {
    return anchorTerm(alpha, new Map([...original.values].filter(([name]) => own.has(name))));
  },
};
