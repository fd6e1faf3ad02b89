import { anchorTerm } from '../../nn/anchor-term.ts';
import { fisherDiagonal } from '../../nn/fisher.ts';
import { Learner } from '../../nn/learner.ts';
import { OPTIMIZERS } from '../../nn/optimizers/index.ts';
import type { CureEngine } from '../engine.ts';

/** Examples that the Fisher information is a mean over, at most. */
const MOST = 200;

/**
 * lambda / 2 Σ F (w - w₀)², F the diagonal of the Fisher information of the old task before the first step, its answers
 * drawn from the model's own (Kirkpatrick et al. 2017, equation 3).
 */
export const engine: CureEngine = {
  async term(lambda, { original, own, trainable, examples, objective, seed, onDone }) {
    const { architecture, values } = original;
    const learner = new Learner({
      architecture,
      values,
      trainable: new Set([...trainable].filter((name) => own.has(name))),
      optimizer: OPTIMIZERS.sgd,
      objective,
      seed,
      batchStatistics: false,
      clipNorm: 0,
    });
    try {
      const count = Math.min(MOST, examples.count);
      const of = {
        count,
        input: (place: number) => examples.input([place]),
        targets: (place: number) => examples.targets([place]),
      };
      const importance = await fisherDiagonal(learner, of, seed, (done) => onDone(done, count));
      return anchorTerm(lambda, values, importance);
    } finally {
      learner.dispose();
    }
  },
};
