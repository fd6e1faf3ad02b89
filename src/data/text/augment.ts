import { seedOf, uniform } from '../../lib/random.ts';
import type { Thesaurus } from './thesaurus.ts';

/** Chances by word, each from 0 (off) to 1. */
export interface TextAugmentation {
  /** A word that the thesaurus knows is replaced. */
  synonyms: number;
  /** A word changes places with any other one. */
  swap: number;
  deletion: number;
}

/** A text in turns: what is between words, a word, what is between … */
interface Pieces {
  /** One more than words. */
  gaps: string[];
  words: string[];
}

/** The random numbers of one example in one view of the data (an epoch). */
export const textDraw = (seed: number, view: number, id: number): (() => number) =>
  uniform(seedOf(seed, view, `text.${id}`));

/**
 * Easy data augmentation (Wei and Zou 2019): synonyms, then swaps, then deletions, each word with its own chance. What is
 * between words stays where it is, punctuation too; a word at the beginning of the text or a sentence keeps its capital, and at
 * least one word is left. Words are found as the language has them, without blanks in Chinese (`Intl.Segmenter`).
 */
export function augmentText(text: string, o: TextAugmentation, random: () => number, thesaurus: Thesaurus): string {
  const pieces = piecesOf(text);
  if (pieces.words.length === 0) return text;
  const begins = pieces.words.map((word, i) => isCapital(word) && (i === 0 || /[.!?…\n]/.test(pieces.gaps[i]!)));
  pieces.words = pieces.words.map((word, i) =>
    random() < o.synonyms && !isName(word, begins[i]!) ? replaced(word, random, thesaurus) : word,
  );
  swap(pieces, begins, o.swap, random);
  return remove(pieces, begins, o.deletion, random);
}

/** What stands within a word: `9:45`, `e-mail`, an address. */
const JOINED = /^[-:/.@_&+?=#]+$/;
const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });

function piecesOf(text: string): Pieces {
  const pieces: Pieces = { gaps: [''], words: [] };
  for (const { segment, isWordLike } of segmenter.segment(text)) {
    if (isWordLike && pieces.words.length > 0 && JOINED.test(pieces.gaps.at(-1)!)) {
      pieces.words[pieces.words.length - 1] += pieces.gaps.pop()! + segment;
      pieces.gaps.push('');
    } else if (isWordLike) {
      pieces.words.push(segment);
      pieces.gaps.push('');
    } else pieces.gaps[pieces.gaps.length - 1] += segment;
  }
  return pieces;
}

const isCapital = (word: string): boolean => /^\p{Lu}/u.test(word);
const capital = (word: string): string => word.replace(/^./u, (first) => first.toUpperCase());
const isShouted = (word: string): boolean => /^\p{Lu}{2,}$/u.test(word);

/** Within a sentence a capital is a name's: nobody means a shrub by Bush. */
const isName = (word: string, begins: boolean): boolean => isCapital(word) && !begins && !isShouted(word);

/** One of the word's synonyms, any of them alike, written as large as the word. */
function replaced(word: string, random: () => number, thesaurus: Thesaurus): string {
  const synonyms = thesaurus.synonyms(word.toLowerCase());
  const synonym = synonyms[Math.floor(random() * synonyms.length)];
  if (synonym === undefined) return word;
  return isShouted(word) ? synonym.toUpperCase() : isCapital(word) ? capital(synonym) : synonym;
}

/** Each word changes places by its chance; where a sentence begins there is a capital afterwards, as there was before. */
function swap({ words }: Pieces, begins: readonly boolean[], chance: number, random: () => number): void {
  for (let i = 0; i < words.length; i++) {
    if (random() >= chance) continue;
    const j = Math.floor(random() * words.length);
    const put = (word: string, from: number, to: number) =>
      begins[from] === begins[to] ? word : begins[to] ? capital(word) : small(word);
    [words[i], words[j]] = [put(words[j]!, j, i), put(words[i]!, i, j)];
  }
}

/** `I` and words in capitals stay as they are. */
const small = (word: string): string =>
  /^(I\b|\p{Lu}{2})/u.test(word) ? word : word.replace(/^./u, (first) => first.toLowerCase());

/** Leaves words out by their chance, with the blank beside them; the last one that is left stays. */
function remove({ gaps, words }: Pieces, begins: readonly boolean[], chance: number, random: () => number): string {
  const out = words.map(() => random() < chance);
  if (!out.includes(false)) out[Math.floor(random() * words.length)] = false;
  let text = gaps[0]!;
  let begin = false;
  words.forEach((word, i) => {
    begin ||= begins[i]!;
    const after = gaps[i + 1]!;
    if (out[i]) text = /(^|\s)$/.test(text) ? text + after.trimStart() : text + after;
    else {
      text += (begin ? capital(word) : word) + after;
      begin = false;
    }
  });
  return text;
}
