import { majorityBaseline, rightAnswers } from '../lib/metrics.ts';
import { type Overfitting, overfittingOf } from '../lib/overfitting.ts';
import { type Interval, wilsonInterval } from '../lib/statistics.ts';
import { examplesTaken } from '../protocol/run.ts';
import type { Curve, RunFacts } from './facts.ts';

export interface Point {
  epoch: number;
  loss: number;
  accuracy: number;
  examples: number;
}

/** Right answers on examples that the run did not train on, with what they leave possible. */
export interface Judged extends Interval {
  split: 'validation' | 'test';
  share: number;
  of: number;
  /** What always answering the commonest class would reach on the same examples; 0 without classes. */
  majority: number;
}

/** What the rules read off a run's numbers. */
export interface Measures {
  /** Mean of the training points of each epoch, weighted by their examples. */
  training: readonly Point[];
  /** Validation before training, where it was measured. */
  before: Point | undefined;
  validation: readonly Point[];
  /** Place in `validation` of the lowest loss. */
  best: number;
  judged: Judged | undefined;
  /** Loss of even answers, ln(classes); 0 where it is not about classes, and says nothing. */
  chanceLoss: number;
  /** Training loss and accuracy mean the same as validation's: nothing smooths or mixes the labels, no class counts more. */
  comparable: boolean;
  /** Training examples by class. */
  trained: readonly number[] | undefined;
}

const pointsOf = (curve: Curve): Point[] =>
  Array.from({ length: curve.step.length }, (_, i) => ({
    epoch: curve.epoch[i]!,
    loss: curve.loss[i]!,
    accuracy: curve.accuracy[i]!,
    examples: curve.examples[i]!,
  }));

function epochMeans(points: readonly Point[]): Point[] {
  const epochs = new Map<number, Point>();
  for (const { epoch, loss, accuracy, examples } of points) {
    // rounding must not put an epoch's last step into the next
    const key = Math.max(1, Math.ceil(epoch - 1e-6));
    const sum = epochs.get(key) ?? { epoch: key, loss: 0, accuracy: 0, examples: 0 };
    sum.loss += loss * examples;
    sum.accuracy += accuracy * examples;
    sum.examples += examples;
    epochs.set(key, sum);
  }
  return [...epochs.values()].map(({ epoch, loss, accuracy, examples }) => ({
    epoch,
    loss: loss / examples,
    accuracy: accuracy / examples,
    examples,
  }));
}

function judge({ evaluation, counts, classes, output }: RunFacts, best: Point | undefined): Judged | undefined {
  if (evaluation) {
    const { examples: of, confusion } = evaluation;
    const right = rightAnswers(confusion);
    const split = evaluation.split === 'test' ? 'test' : 'validation';
    return {
      split,
      share: right / of,
      of,
      majority: majorityBaseline(confusion).share,
      ...wilsonInterval(right, of),
    };
  }
  if (!best || best.examples === 0) return undefined;
  const { accuracy: share, examples: of } = best;
  const seen = counts?.map((one) => one.counts.validation) ?? [];
  const total = seen.reduce((a, b) => a + b, 0);
  const commonest = total > 0 ? Math.max(...seen) / total : 1 / classes;
  return {
    split: 'validation',
    share,
    of,
    majority: output === 'class' ? commonest : 0,
    ...wilsonInterval(Math.round(share * of), of),
  };
}

/** Validation before training, where it was measured, and since. */
function parted(curve: Curve): { before: Point | undefined; validation: readonly Point[] } {
  const all = pointsOf(curve);
  const before = all[0]?.epoch === 0 ? all[0] : undefined;
  return { before, validation: before ? all.slice(1) : all };
}

/** Where a run began to overfit, while it goes on too. */
export const overfittingIn = ({ train, validation }: Pick<RunFacts, 'train' | 'validation'>): Overfitting | undefined =>
  overfittingOf(epochMeans(pointsOf(train)), parted(validation).validation);

export function measure(facts: RunFacts): Measures {
  const { settings, counts, classes } = facts;
  const { before, validation } = parted(facts.validation);
  const losses = validation.map(({ loss }) => loss);
  const best = losses.indexOf(Math.min(...losses));
  const { mixup, cutmix } = settings.augmentation;
  return {
    training: epochMeans(pointsOf(facts.train)),
    before,
    validation,
    best,
    judged: judge(facts, validation[best]),
    chanceLoss: facts.output === 'class' ? Math.log(classes) : 0,
    comparable: settings.labelSmoothing + mixup + cutmix === 0 && settings.classWeights === 'none',
    trained: counts?.map((one) => examplesTaken(one.counts.train, settings.fewShot)),
  };
}
