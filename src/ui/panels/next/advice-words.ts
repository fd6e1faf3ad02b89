import { useTranslation } from 'react-i18next';
import type { Advice } from '@/advice/facts.ts';
import { kindContext } from '@/ui/controls/kind-translation.ts';
import { type Format, useFormat } from '@/ui/format.ts';
import { useStudio } from '@/ui/studio-context.tsx';

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

/** The keys of a sentence, the closest first. */
const keysOf = (key: string, because: string | undefined, kind: string | undefined): string[] =>
  [because, undefined].flatMap((reason) =>
    [kind, undefined].map((context) => [key, reason, context].filter((part) => part !== undefined).join('_')),
  );

/**
 * An advice as sentences: `advice:<code>.what`, `.evidence` and `.why`, the last two also `_<because>`; each also with
 * `_text` after it, where the words about texts are others.
 */
export function useAdviceWords(): (advice: Advice) => AdviceWords {
  const { t } = useTranslation('advice');
  const format = useFormat();
  const kind = useStudio(({ dataset }) => kindContext(dataset?.kind));
  return ({ code, severity, because, values }) => {
    const gaps: Record<string, string> = {};
    // `count` would ask for plural forms
    for (const [name, value] of Object.entries(values))
      gaps[name === 'count' ? 'number' : name] = writeValue(format, name, value);
    const told = (part: string): string => t(keysOf(`${code}.${part}`, because, kind), { ...gaps, defaultValue: '' });
    return {
      what: told('what'),
      evidence: severity === 'try' ? '' : told('evidence'),
      why: told('why'),
    };
  };
}
