import type { Tokenizer as Native } from '@huggingface/tokenizers';
import { ProblemError } from '../protocol/problems.ts';
import { nativeTokenizer } from './native-tokenizer.ts';

const SPECIAL = ['cls', 'sep', 'pad', 'unk', 'mask', 'bos', 'eos'] as const;
export type SpecialToken = (typeof SPECIAL)[number];

/** Texts to numbers and back, as `tokenizer.json` says it. */
export interface Tokenizer {
  /** Entries of the vocabulary, added tokens included: one more than the greatest id. */
  readonly vocabulary: number;
  /** Ids of special tokens, where the tokenizer has them (BERT: cls, sep, pad, unk, mask; GPT-2: eos, maybe bos, pad). */
  readonly special: Readonly<Partial<Record<SpecialToken, number>>>;
  id(token: string): number | undefined;
  /**
   * Ids as the native tokenizer gives them, and the segment of each; `special: false` leaves out what the
   * post-processor adds ([CLS], [SEP]). No truncation here.
   */
  encode(text: string, o?: { pair?: string; special?: boolean }): { ids: number[]; types: number[] };
  /** Ids that the vocabulary lacks are left out. */
  decode(ids: ArrayLike<number>, o?: { keepSpecial?: boolean }): string;
}

type Fields = Readonly<Record<string, unknown>>;

/** A special token's text: a string, or an object that holds it. */
const contentOf = (value: unknown): string | undefined =>
  typeof value === 'string'
    ? value
    : typeof value === 'object' && value !== null && 'content' in value && typeof value.content === 'string'
      ? value.content
      : undefined;

function specialTokens(native: Native, config: Fields): Tokenizer['special'] {
  const special: Partial<Record<SpecialToken, number>> = {};
  for (const name of SPECIAL) {
    const token = contentOf(config[`${name}_token`]) ?? (name === 'unk' ? native.model?.unk_token : undefined);
    const id = token === undefined ? undefined : native.token_to_id(token);
    if (id !== undefined) special[name] = id;
  }
  return special;
}

/**
 * A tokenizer from what `tokenizer.json` and `tokenizer_config.json` hold. Throws `tokenizer-unfit` naming the file
 * (`name`) where they are not a tokenizer, or one of a kind that is not supported.
 */
export function createTokenizer(tokenizerJson: unknown, tokenizerConfig: unknown, name: string): Tokenizer {
  try {
    const native = nativeTokenizer(tokenizerJson as object, tokenizerConfig as object);
    const tokenizer = wrap(native, tokenizerConfig as Fields);
    const { ids } = tokenizer.encode('a 1.', { special: false });
    if (ids.length > 0 && ids.every(Number.isInteger)) return tokenizer;
  } catch (cause) {
    throw new ProblemError('tokenizer-unfit', { file: name }, { cause });
  }
  throw new ProblemError('tokenizer-unfit', { file: name });
}

function wrap(native: Native, config: Fields): Tokenizer {
  const vocabulary = native.model?.vocab.length ?? 0;
  // the tokenizer's own decoder mends blanks; more is done only where the configuration asks for it
  const mendBlanks = config.clean_up_tokenization_spaces === true;
  return {
    vocabulary,
    special: specialTokens(native, config),
    id: (token) => native.token_to_id(token),
    encode(text, { pair, special = true } = {}) {
      const { ids, token_type_ids: types } = native.encode(text, {
        text_pair: pair ?? null,
        add_special_tokens: special,
        return_token_type_ids: true,
      });
      return { ids, types: types ?? new Array<number>(ids.length).fill(0) };
    },
    decode(ids, { keepSpecial = false } = {}) {
      const known = Array.from(ids).filter((id) => native.id_to_token(id) !== undefined);
      if (known.length === 0) return '';
      return native.decode(known, {
        skip_special_tokens: !keepSpecial,
        clean_up_tokenization_spaces: mendBlanks,
      });
    },
  };
}

/**
 * Throws `tokenizer-unfit` where the tokenizer has ids beyond the rows of a model's table, which would read past its
 * end. A table may be longer than the vocabulary: some are rounded up.
 */
export function requireFit(tokenizer: Tokenizer, rows: number, name: string): void {
  if (tokenizer.vocabulary <= rows) return;
  const values = { file: name, field: 'vocabulary', value: tokenizer.vocabulary - 1, expected: rows - 1 };
  throw new ProblemError('tokenizer-unfit', values);
}
