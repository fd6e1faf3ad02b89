import type { Finding } from '../../../protocol/dataset.ts';
import type { Coverage, TextColumns } from './columns.ts';

/**
 * Share of the tokens that are unknown or single characters from which on it says so. With the English vocabulary of BERT it is
 * below 1 % in English, below 5 % in French, and above 60 % in Kazakh and Chinese.
 */
const FOREIGN = 0.15;

/** Texts in a language or script that the chosen model's tokenizer does not know. Another model is the remedy, no edit. */
export const languageFindings = ({ coverage }: Pick<TextColumns, 'coverage'>): Finding[] =>
  coverage && isForeign(coverage)
    ? [
        {
          kind: 'unknown-language',
          severity: 'warning',
          cases: coverage.examples.map((id) => ({ ids: [id], values: {} })),
          values: { unknown: coverage.unknownShare, single: coverage.singleShare },
        },
      ]
    : [];

const isForeign = ({ unknownShare, singleShare }: Coverage): boolean => unknownShare + singleShare >= FOREIGN;
