import type { Advice, AdviceCode, RunFacts } from './facts.ts';
import { measure } from './measures.ts';
import { dirtyLabels, fewExamples, imbalance, majority, validationSmall } from './rules/data.ts';
import { overfitting, underfitting } from './rules/fit.ts';
import { forgetting } from './rules/forgetting.ts';
import { rateTooHigh, rateTooLow } from './rules/learning-rate.ts';
import { ranOut, stoppingIdle } from './rules/length.ts';
import type { Rule } from './rules/rule.ts';
import { tryAugmentation, tryFreer, trySeed } from './rules/tries.ts';

/** Causes before what they cause: of two findings of the same weight the first is told first. */
const RULES = {
  'rate-too-high': rateTooHigh,
  'rate-too-low': rateTooLow,
  'few-examples': fewExamples,
  'dirty-labels': dirtyLabels,
  majority,
  'ran-out': ranOut,
  underfitting,
  overfitting,
  forgetting,
  imbalance,
  'stopping-idle': stoppingIdle,
  'validation-small': validationSmall,
  'try-freer': tryFreer,
  'try-augmentation': tryAugmentation,
  'try-seed': trySeed,
} as const satisfies Record<AdviceCode, Rule>;

const WEIGHTS: readonly Advice['severity'][] = ['mend', 'note', 'try'];

/**
 * What a finished run's own numbers say about it, the gravest first. What could still be tried is told only where
 * nothing has to be mended; a run that nothing is known of gets no advice.
 */
export function diagnose(facts: RunFacts): Advice[] {
  if (facts.train.step.length === 0) return [];
  const measures = measure(facts);
  const rules = Object.values<Rule>(RULES).filter(({ output = facts.output }) => output === facts.output);
  const found = rules.flatMap((rule) => {
    const advice = rule.look(facts, measures);
    return advice ? [{ rule, advice: { code: rule.code, ...advice } }] : [];
  });
  const moot = new Set(found.flatMap(({ rule, advice }) => (advice.severity === 'mend' ? rule.explains : [])));
  const told = found.map(({ advice }) => advice).filter(({ code }) => !moot.has(code));
  const broken = told.some(({ severity }) => severity === 'mend');
  return WEIGHTS.filter((weight) => !broken || weight !== 'try').flatMap((weight) =>
    told.filter(({ severity }) => severity === weight),
  );
}
