import { diagnose } from '../diagnose.ts';
import type { RunFacts } from '../facts.ts';
import { falling, madeRun, reportOf } from '../testing.ts';

export const codes = (facts: RunFacts) => diagnose(facts).map(({ code }) => code);
export const first = (facts: RunFacts) => diagnose(facts)[0]!;
export const toMend = (facts: RunFacts) => diagnose(facts).filter(({ severity }) => severity === 'mend');

export const good = () => madeRun({ train: falling(0.03, 1), validation: falling(0.1, 0.97) });

const diverged = { code: 'diverged', severity: 'error', values: { step: 42, learningRate: 3e-3 } } as const;
/** Up and down between a loss of 0.4 and one of 1. */
const sawtooth = (epoch: number) => ({
  loss: Math.ceil(epoch) % 2 ? 1 : 0.4,
  accuracy: Math.ceil(epoch) % 2 ? 0.5 : 0.8,
});
export const straight = (epoch: number) => ({ loss: 1.1 - 0.02 * epoch, accuracy: 0.4 + 0.01 * epoch });
/** Validation turns at epoch 4 while training goes on. */
const turning = (epoch: number) => ({
  loss: falling(0.3, 0.85, 1.5)(epoch).loss + 0.03 * Math.max(0, epoch - 4),
  accuracy: falling(0.3, 0.85, 1.5)(epoch).accuracy,
});
/** A third of three classes right, and a loss to match. */
export const chance = () => ({ loss: 1.11, accuracy: 0.34 });

/** Runs that each have one thing to mend, by what that is. */
export const BAD: Record<string, RunFacts> = {
  diverged: madeRun({
    train: falling(0.03, 1),
    validation: falling(0.1, 0.97),
    status: { phase: 'failed', finish: 'failed', problem: diverged },
  }),
  rose: madeRun({
    train: () => ({ loss: 4, accuracy: 0.6 }),
    validation: (epoch) => ({ loss: epoch ? 5 : 1.1, accuracy: 0.6 }),
  }),
  sawtooth: madeRun({ train: sawtooth, validation: sawtooth }),
  still: madeRun({
    train: () => ({ loss: 1.09, accuracy: 0.35 }),
    validation: chance,
    settings: { learningRate: 1e-6 },
  }),
  straight: madeRun({
    train: straight,
    validation: straight,
    settings: { learningRate: 3e-5 },
    status: { finish: 'completed' },
  }),
  few: madeRun({
    train: falling(0.001, 1, 1),
    validation: turning,
    counts: [
      [4, 30],
      [4, 30],
      [4, 30],
    ],
  }),
  doubted: madeRun({ train: falling(0.03, 1), validation: falling(0.2, 0.93), rest: { report: reportOf(9) } }),
  memorised: madeRun({ train: falling(0.01, 1), validation: () => ({ loss: 1.4, accuracy: 0.35 }) }),
  majority: madeRun({ train: falling(1.05, 0.4, 1), validation: chance }),
  underfitting: madeRun({ train: falling(0.75, 0.66, 2), validation: falling(0.76, 0.66, 2) }),
  overfitting: madeRun({ train: falling(0.001, 1), validation: turning }),
  'ran out': madeRun({
    train: falling(0.05, 1, 7),
    validation: falling(0.1, 0.95, 7),
    epochs: 10,
    settings: { epochs: 10 },
    status: { finish: 'completed' },
  }),
};
