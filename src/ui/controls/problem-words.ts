import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Problem } from '@/protocol/problems.ts';
import { createFormat } from '../format.ts';

export interface ProblemWords {
  /** What happened, and where. */
  what: string;
  /** What is safe and what to do; may be empty. */
  next: string;
}

type Value = string | number;

/** A list of a thousand labels is no sentence. */
const LONGEST = 160;

/**
 * A sentence may differ by why it happened: `what_<reason>` or `what_<field>`, and `what_none` where nothing was kept.
 * A reason that has no words of its own, as the name of a weight, is told by `what`.
 */
function contextOf({ code, values }: Problem): string | undefined {
  if (code === 'split-too-small') return values.class === '' ? `all-${values.split}` : String(values.split);
  if (code === 'device-lost' && typeof values.epoch === 'number') return values.epoch > 0 ? 'epoch' : 'start';
  if (values.kept === 0) return 'none';
  const cause = values.reason ?? values.field;
  return typeof cause === 'string' ? cause : undefined;
}

function isBytes(name: string, { reason, limit }: Problem['values']): boolean {
  if (/bytes$/i.test(name)) return true;
  // WebGPU names its limits so: those in bytes end in `Size`, those of workgroups in `SizeX`.
  if (name === 'have' || name === 'need') return /Size$/.test(String(limit));
  return name === 'limit' && reason === 'bytes';
}

/** `integer >= 1` and the other kinds of value that a configuration may want, in the page's language. */
const expectedWords = (expected: string, t: TFunction): string =>
  expected
    .replace('>=', '≥')
    .replace(/\b(integer|numbers?|list|text|or)\b/g, (word) => t(`problem:expected.${word}`, { defaultValue: word }));

/**
 * `problem:<code>.what` and `.next` with the problem's values in their gaps. Numbers are written as the language
 * writes them (`count` stays a number, for plural forms), values that name bytes get their unit, and ids their names.
 */
export function problemWords(problem: Problem, t: TFunction, language: string): ProblemWords {
  const { code } = problem;
  const format = createFormat(language);
  const write = (name: string, value: Value): Value => {
    if (name === 'count') return value;
    if (name === 'method') return t(`model:method.${value}.name`, { defaultValue: value });
    if (name === 'cure') return t(`option:${value}.label`, { defaultValue: value });
    if (name === 'sample') return t(`start:sample.${value}.name`, { defaultValue: value });
    if (name === 'learningRate') return format.rate(Number(value));
    if (code === 'model-config' && name === 'expected') return expectedWords(String(value), t);
    if (typeof value === 'string') return value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value;
    return isBytes(name, problem.values) ? format.bytes(value) : format.number(value, 4);
  };
  const context = contextOf(problem);
  const values: Record<string, Value> = {
    // An architecture reads no other file.
    ...(code === 'model-config' ? { file: 'config.json' } : {}),
    ...Object.fromEntries(Object.entries(problem.values).map(([name, value]) => [name, write(name, value)])),
    ...(context ? { context } : {}),
  };
  return {
    what: t(`problem:${code}.what`, values),
    next: t(`problem:${code}.next`, { ...values, defaultValue: '' }),
  };
}

export function useProblemWords(): (problem: Problem) => ProblemWords {
  const { t, i18n } = useTranslation('problem');
  return (problem) => problemWords(problem, t, i18n.language);
}
