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

/** A sentence may differ by why it happened: `what_<reason>`, and `what_none` where nothing was kept. */
function contextOf({ code, values }: Problem): string | undefined {
  if (typeof values.reason === 'string') return values.reason;
  if (values.kept === 0) return 'none';
  return code === 'split-too-small' ? String(values.split) : undefined;
}

/**
 * `problem:<code>.what` and `.next` with the problem's values in their gaps. Numbers are written as the language
 * writes them (`count` stays a number, for plural forms), and values that name bytes get their unit.
 */
export function problemWords(problem: Problem, t: TFunction, language: string): ProblemWords {
  const format = createFormat(language);
  const write = (name: string, value: string | number): string | number => {
    if (typeof value === 'string' || name === 'count') return value;
    const inBytes = /bytes$/i.test(name) || (name === 'limit' && problem.values.reason === 'bytes');
    return inBytes ? format.bytes(value) : format.number(value, 4);
  };
  const context = contextOf(problem);
  const values: Record<string, string | number> = {
    ...Object.fromEntries(Object.entries(problem.values).map(([name, value]) => [name, write(name, value)])),
    ...(context ? { context } : {}),
  };
  return {
    what: t(`problem:${problem.code}.what`, values),
    next: t(`problem:${problem.code}.next`, { ...values, defaultValue: '' }),
  };
}

export function useProblemWords(): (problem: Problem) => ProblemWords {
  const { t, i18n } = useTranslation('problem');
  return (problem) => problemWords(problem, t, i18n.language);
}
