import type { TFunction, TOptions } from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { DataKind } from '@/protocol/dataset.ts';
import { useStudio } from '../studio-context.tsx';

/** The context of words about this kind: `pictures_text` beside `pictures`. */
export const kindContext = (kind: DataKind | undefined): string => (kind === 'text' ? 'text' : '');

/** As `useTranslation`, in the words for what is open: of texts where there are any, else of pictures. */
export function useKindTranslation(namespace: string): { t: TFunction } {
  const { t } = useTranslation(namespace);
  const context = useStudio(({ dataset }) => kindContext(dataset?.kind));
  return useMemo(() => {
    const words = (key: string, options: TOptions = {}) =>
      t(key, { ...options, context: String(options.context ?? context) });
    // `Trans` asks a function for the namespace that it speaks for
    return { t: Object.assign(words, { ns: namespace }) as unknown as TFunction };
  }, [t, context, namespace]);
}
