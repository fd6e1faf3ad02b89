import { useTranslation } from 'react-i18next';
import type { Sizes } from '@/protocol/bench-sizes.ts';
import { useFormat } from '../format.ts';

const NAMED = ['batch', 'tokens', 'width', 'layers', 'size'] as const;

/** "batch 16, 128 tokens, width 256, 4 layers": what a step's cost depends on. */
export function useSizes(): (sizes: Sizes) => string {
  const { t } = useTranslation('bench');
  const format = useFormat();
  return (sizes) =>
    NAMED.flatMap((name) => {
      const value = sizes[name];
      return value === undefined ? [] : t(`sizes.${name}`, { value: format.number(value, 0) });
    }).join(', ');
}
