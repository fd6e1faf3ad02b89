import { useTranslation } from 'react-i18next';
import type { ModelInput } from '@/protocol/model.ts';
import { useFormat } from '../format.ts';

/** What a model takes, in a few words: "colour pictures of 224 px", "texts of up to 256 tokens". */
export function useInputWords(): (input: ModelInput) => string {
  const { t } = useTranslation('start');
  const format = useFormat();
  return (input) =>
    input.kind === 'text'
      ? t('input.text', { tokens: format.number(input.maxLength, 0) })
      : t(`input.${input.channels === 1 ? 'grey' : 'colour'}`, { size: input.size });
}
