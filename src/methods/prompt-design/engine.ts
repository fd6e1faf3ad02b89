import { ProblemError } from '../../protocol/problems.ts';
import { identity, type MethodEngine } from '../engine.ts';

/**
 * Nothing is trained: an instruction and a few solved examples stand before every question, and the model goes on from
 * there (Brown et al. 2020, section 2). For models that write.
 */
export const engine: MethodEngine = {
  method({ shots, instruction }, { perToken }) {
    if (!perToken) throw new ProblemError('method-writes', { method: 'prompt-design' });
    return {
      apply: identity,
      trainable: () => false,
      design: { shots: Number(shots), instruction: String(instruction ?? '') },
    };
  },
};
