import { wilsonInterval } from '../../lib/statistics.ts';
import type { Curve } from '../facts.ts';
import type { Rule } from './rule.ts';

/** A learning rate that moves the weights less: what the old task stands on stays nearer. Ours. */
const SMALLER = 1 / 3;

const rightAt = ({ accuracy, examples }: Curve, place: number) =>
  wilsonInterval(Math.round(accuracy[place]! * examples[place]!), examples[place]!);

/** The old task is answered worse than before, by more than its probes leave to chance. */
export const forgetting: Rule = {
  code: 'forgetting',
  output: 'class',
  explains: [],
  look({ old, replay, settings: { cures, learningRate } }) {
    const last = (old?.step.length ?? 0) - 1;
    if (!old || last < 1 || rightAt(old, last).high >= rightAt(old, 0).low) return undefined;
    return {
      severity: 'note',
      because: replay ? 'replay' : 'rate',
      values: { startAccuracy: old.accuracy[0]!, accuracy: old.accuracy[last]!, count: old.examples[last]! },
      setUp: replay ? { cures: { ...cures, replay } } : { learningRate: learningRate * SMALLER },
    };
  },
};
