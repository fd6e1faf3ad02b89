import type { Finding } from '../../../protocol/dataset.ts';
import type { Coverage, TextColumns } from './columns.ts';

/** Share of the tokens that the vocabulary does not have, and of the words in single characters, from which on it says so. */
const UNKNOWN = 0.05;
const SINGLE = 0.3;

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

const isForeign = ({ unknownShare, singleShare }: Coverage): boolean =>
  unknownShare >= UNKNOWN || singleShare >= SINGLE;
