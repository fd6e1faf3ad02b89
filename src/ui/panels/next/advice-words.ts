import { useTranslation } from 'react-i18next';
import type { Advice } from '@/advice/facts.ts';
import { type Format, useFormat } from '@/ui/format.ts';

export interface AdviceWords {
  /** What the finding is. */
  what: string;
  /** The numbers that show it; empty for what is only worth a try. */
  evidence: string;
  /** Why the change helps. */
  why: string;
}

/** A value as its name says: `…Loss` has three decimals, shares are per cent, the rest are whole numbers and names. */
export function writeValue(format: Format, name: string, value: number | string): string {
  if (typeof value === 'string') return value;
  if (/loss$/i.test(name)) return format.fixed(value, value < 10 ? 3 : 1);
  if (name === 'rate') return format.rate(value);
  if (/accuracy$/i.test(name) || ['low', 'high', 'majority', 'share', 'recall'].includes(name))
    return format.percent(value, 0);
  return format.number(value, 0);
}

/** An advice as sentences: `advice:<code>.what`, `.evidence` and `.why`, the last two also `_<because>`. */
export function useAdviceWords(): (advice: Advice) => AdviceWords {
  const { t } = useTranslation('advice');
  const format = useFormat();
  return ({ code, severity, because, values }) => {
    const gaps: Record<string, string> = {};
    // `count` would ask for plural forms
    for (const [name, value] of Object.entries(values))
      gaps[name === 'count' ? 'number' : name] = writeValue(format, name, value);
    const told = { ...gaps, ...(because ? { context: because } : {}), defaultValue: '' };
    return {
      what: t(`${code}.what`, told),
      evidence: severity === 'try' ? '' : t(`${code}.evidence`, told),
      why: t(`${code}.why`, told),
    };
  };
}
