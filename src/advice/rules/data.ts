import { classMetrics } from '../../lib/metrics.ts';
import { wilsonInterval } from '../../lib/statistics.ts';
import type { FindingKind } from '../../protocol/dataset.ts';
import { moreAugmentation } from '../augmentation.ts';
import type { RunFacts } from '../facts.ts';
import type { Measures } from '../measures.ts';
import { overfit } from './fit.ts';
import type { Rule } from './rule.ts';

/** Training examples of a class below which more of them help more than any setting. Ours. */
const FEW = 10;

/** So few examples of a class that the model learns them by heart. */
export const fewExamples: Rule = {
  code: 'few-examples',
  output: 'class',
  explains: ['overfitting', 'dirty-labels', 'majority', 'stopping-idle'],
  look(facts, measures) {
    const { settings, counts } = facts;
    const { trained, judged } = measures;
    if (!trained || !counts || !judged) return undefined;
    const fewest = Math.min(...trained);
    if (fewest >= FEW) return undefined;
    const drawn = settings.fewShot.examplesPerClass > 0 || settings.fewShot.share < 1;
    const poor = overfit(measures) !== undefined || judged.low <= judged.majority;
    const values = {
      count: fewest,
      class: counts[trained.indexOf(fewest)]!.name,
      accuracy: judged.share,
      low: judged.low,
      high: judged.high,
    };
    if (drawn)
      return {
        severity: poor ? 'mend' : 'note',
        because: 'drawn',
        values,
        setUp: { fewShot: { ...settings.fewShot, examplesPerClass: 0, share: 1 } },
      };
    const altered = moreAugmentation(facts);
    return {
      severity: poor ? 'mend' : 'note',
      because: 'all',
      values,
      data: 'add',
      ...(altered ? { setUp: altered } : {}),
    };
  },
};

/** Right answers in training from which on it knows them by heart. Ours. */
const BY_HEART = 0.75;
/** Share of the examples that the report doubts, from which on they spoil a run. Ours. */
const DOUBTED = 0.02;
const DOUBTS: readonly FindingKind[] = ['conflicting-labels', 'probably-mislabelled'];

/**
 * Labels that do not go with their examples: networks learn even random ones by heart, and then know nothing of others
 * (Zhang et al. 2017, Understanding deep learning requires rethinking generalization); or the data report says so.
 */
export const dirtyLabels: Rule = {
  code: 'dirty-labels',
  output: 'class',
  explains: ['overfitting', 'majority', 'underfitting'],
  look(facts, { training, validation, judged, comparable, chanceLoss }) {
    const doubted = doubtedShare(facts);
    if (doubted && doubted.share >= DOUBTED)
      return { severity: 'mend', because: 'report', values: { ...doubted }, data: 'labels' };
    const last = training.at(-1);
    const after = validation.at(-1);
    if (!last || !after || !judged || !comparable) return undefined;
    // the interval keeps a handful of examples from speaking against the labels
    const learned = last.accuracy >= BY_HEART && judged.high < last.accuracy;
    // surer than even answers, and wrong: what was learned misleads
    if (!learned || judged.low > judged.majority || after.loss <= chanceLoss) return undefined;
    const { share: accuracy, majority } = judged;
    const values = { trainAccuracy: last.accuracy, accuracy, majority };
    return { severity: 'mend', because: 'memorised', values, data: 'labels' };
  },
};

function doubtedShare({ report }: RunFacts): { share: number; count: number } | undefined {
  if (!report || report.examined === 0) return undefined;
  const doubted = new Set(
    report.findings
      .filter(({ kind }) => DOUBTS.includes(kind))
      .flatMap(({ cases }) => cases.flatMap(({ ids }) => [...ids])),
  );
  return { share: doubted.size / report.examined, count: doubted.size };
}

/** No better than always answering the commonest class. */
export const majority: Rule = {
  code: 'majority',
  output: 'class',
  explains: ['underfitting', 'validation-small'],
  look({ settings, freer }, { judged }) {
    if (!judged || judged.low > judged.majority) return undefined;
    const { share: accuracy, low, high, of: count, majority: commonest } = judged;
    const values = { accuracy, low, high, count, majority: commonest };
    if (settings.classWeights === 'none' && commonest > 0.5)
      return { severity: 'mend', because: 'uneven', values, setUp: { classWeights: 'balanced' } };
    return { severity: 'mend', values, data: 'labels', ...(freer ? { setUp: freer } : {}) };
  },
};

/** The largest class against the smallest, from which on the small one is at a disadvantage. Ours. */
const UNEVEN = 3;

/** A small class is found less often than the rest. */
export const imbalance: Rule = {
  code: 'imbalance',
  output: 'class',
  explains: [],
  look({ settings, counts, evaluation }, { trained }) {
    if (!trained || !counts) return undefined;
    const fewest = Math.min(...trained);
    const most = Math.max(...trained);
    if (fewest === 0 || most / fewest < UNEVEN) return undefined;
    const small = counts[trained.indexOf(fewest)]!.name;
    const change = settings.classWeights === 'none' ? { setUp: { classWeights: 'balanced' as const } } : {};
    const values = { count: fewest, class: small, most, largest: counts[trained.indexOf(most)]!.name };
    if (!evaluation) return { severity: 'note', because: 'counts', values, data: 'add', ...change };
    const missed = missedClass(evaluation, trained, most);
    if (!missed) return undefined;
    return { severity: 'mend', because: 'recall', values: { ...values, ...missed }, data: 'add', ...change };
  },
};

/** The small class that is found least often, where that is surely less often than the classes together. */
function missedClass(
  { confusion, classes, accuracy }: NonNullable<RunFacts['evaluation']>,
  trained: readonly number[],
  most: number,
) {
  const missed = classMetrics(confusion)
    .map(({ recall, support }, i) => ({ class: classes[i]!, recall, support, count: trained[i]! }))
    .filter(({ count, support }) => support > 0 && most / count >= UNEVEN)
    .filter(({ recall, support }) => wilsonInterval(Math.round(recall * support), support).high < accuracy)
    .sort((a, b) => a.recall - b.recall);
  const [worst] = missed;
  return worst && { class: worst.class, count: worst.count, recall: worst.recall, support: worst.support, accuracy };
}

/** Width of the interval from which on two runs can hardly be told apart. Ours: ten points either way. */
const WIDE = 0.2;

/** So few examples to judge by that chance decides. */
export const validationSmall: Rule = {
  code: 'validation-small',
  output: 'class',
  explains: [],
  look(_, { validation, best }: Measures) {
    const at = validation[best];
    if (!at || at.examples === 0) return undefined;
    const { low, high } = wilsonInterval(Math.round(at.accuracy * at.examples), at.examples);
    if (high - low <= WIDE) return undefined;
    return {
      severity: 'note',
      values: { count: at.examples, accuracy: at.accuracy, low, high },
      data: at.examples < 20 ? 'add' : 'split',
    };
  },
};
