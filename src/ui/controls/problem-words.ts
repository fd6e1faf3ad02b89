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

/**
 * `problem:<code>.what` and `.next` with the problem's values in their gaps. Numbers are written as the language
 * writes them (`count` stays a number, for plural forms), and values that name bytes (`…Bytes`) get their unit.
 */
export function problemWords(problem: Problem, t: TFunction, language: string): ProblemWords {
  const format = createFormat(language);
  const values = Object.fromEntries(
    Object.entries(problem.values).map(([name, value]) => {
      if (typeof value === 'string' || name === 'count') return [name, value];
      if (/bytes$/i.test(name)) return [name, format.bytes(value)];
      return [name, format.number(value, 4)];
    }),
  );
  return {
    what: t(`problem:${problem.code}.what`, values),
    next: t(`problem:${problem.code}.next`, { ...values, defaultValue: '' }),
  };
}

export function useProblemWords(): (problem: Problem) => ProblemWords {
  const { t, i18n } = useTranslation('problem');
  return (problem) => problemWords(problem, t, i18n.language);
}
