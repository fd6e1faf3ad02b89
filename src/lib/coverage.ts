import type { Tokenizer } from './tokenizer.ts';

/** Tokens of texts, without special ones, counted word by word; `unknown` and `single` have none in common. */
export interface Coverage {
  tokens: number;
  /** Tokens that stand for what the vocabulary lacks. */
  unknown: number;
  /** Other tokens of words that were broken into single characters. */
  single: number;
  words: number;
}

/** A run of Han characters, a run of other letters, or what is between them. */
const CHUNKS = /\p{Script=Han}+|(?:(?!\p{Script=Han})[\p{L}\p{M}])+|[^\p{L}\p{M}]+/gu;
const HAN = /^\p{Script=Han}/u;
const LETTER = /^\p{L}/u;

/** So many Han characters are the list of frequent ones in modern Chinese (1988): a vocabulary with as many knows Chinese. */
const FREQUENT_HAN = 2500;
/** A shorter word may well be one that nobody would keep whole. */
const SHORTEST = { han: 2, other: 3 };

/** Whether a tokenizer that takes each Han character for a word does so because it knows them. */
function knowsHan(tokenizer: Tokenizer): boolean {
  let known = 0;
  for (let code = 0x4e00; code <= 0x9fff && known < FREQUENT_HAN; code++)
    if (tokenizer.id(String.fromCodePoint(code)) !== undefined) known++;
  return known >= FREQUENT_HAN;
}

/** Counts of one chunk of a text. A word's blank before it is what byte-level tokenizers expect there. */
function count(tokenizer: Tokenizer, chunk: string, han: boolean): Coverage {
  const { unk } = tokenizer.special;
  const ids = (text: string): number[] => tokenizer.encode(text, { special: false }).ids;
  const word = LETTER.test(chunk);
  let found = ids(word ? ` ${chunk}` : chunk.trim());
  const blank = word ? ids(' ')[0] : undefined;
  if (blank !== undefined && found[0] === blank) found = found.slice(1);
  const unknown = found.filter((id) => id === unk).length;
  const letters = [...chunk.matchAll(/\p{L}/gu)].length;
  const isHan = HAN.test(chunk);
  const broken = word && found.length >= letters && letters >= SHORTEST[isHan ? 'han' : 'other'] && !(isHan && han);
  return { tokens: found.length, unknown, single: broken ? found.length - unknown : 0, words: word ? 1 : 0 };
}

/** Chunks whose counts are kept. */
const REMEMBERED = 100_000;

/**
 * Counts one text after another: how much of its tokens is unknown, or comes of words that were broken into single
 * characters. A word is a run of letters; it is broken when it took at least as many tokens as it has letters, three or
 * more. A run of Han characters counts as a word of two or more, unless the vocabulary knows so many of them that they are
 * its words.
 */
export function coverageOf(tokenizer: Tokenizer): (text: string) => Coverage {
  const han = knowsHan(tokenizer);
  const counts = new Map<string, Coverage>();
  return (text) => {
    const total: Coverage = { tokens: 0, unknown: 0, single: 0, words: 0 };
    for (const chunk of text.match(CHUNKS) ?? []) {
      let one = counts.get(chunk);
      if (!one) {
        one = count(tokenizer, chunk, han);
        if (counts.size >= REMEMBERED) counts.clear();
        counts.set(chunk, one);
      }
      add(total, one);
    }
    return total;
  };
}

/** Adds to `total`. */
export function add(total: Coverage, { tokens, unknown, single, words }: Coverage): void {
  total.tokens += tokens;
  total.unknown += unknown;
  total.single += single;
  total.words += words;
}

/** Of many texts. */
export function coverage(tokenizer: Tokenizer, texts: Iterable<string>): Coverage {
  const of = coverageOf(tokenizer);
  const total: Coverage = { tokens: 0, unknown: 0, single: 0, words: 0 };
  for (const text of texts) add(total, of(text));
  return total;
}
