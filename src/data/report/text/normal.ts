/** Controls, formats such as zero-width blanks and byte order marks, and lone surrogates. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}]+/gu;
const BLANKS = /[\s\p{Z}]+/gu;
const PUNCTUATION = /[\p{P}\s\p{Z}]+/gu;

/** Letters, digits and signs of ASCII, where most of the work below changes nothing. */
const PLAIN = /^[\x20-\x7e]*$/;
const VISIBLE = /[^\s\p{Z}\p{Cc}\p{Cf}\p{Cs}]/u;

/** Nothing is in it that could be seen. */
export const isEmpty = (text: string): boolean => !VISIBLE.test(text);

/** Equal for texts that differ by case, blanks, what is invisible or the form of characters (Unicode NFKC) alone. */
export const textKey = (text: string): string =>
  PLAIN.test(text)
    ? text.toLowerCase().replace(/ {2,}/g, ' ').trim()
    : text
        .normalize('NFKC')
        .toLowerCase()
        // A letter may gain a composed form by losing its case.
        .normalize('NFKC')
        .replace(BLANKS, ' ')
        .replace(INVISIBLE, '')
        .trim();

/** A key without its punctuation: words and signs with single blanks between them. */
export const bareKey = (key: string): string => key.replace(PUNCTUATION, ' ').trim();

const WITHOUT_BLANKS = ['Han', 'Hiragana', 'Katakana', 'Thai', 'Lao', 'Khmer', 'Myanmar']
  .map((script) => `\\p{Script=${script}}`)
  .join('');
const WORDS = new RegExp(`[${WITHOUT_BLANKS}]|(?:(?![${WITHOUT_BLANKS}])[\\p{L}\\p{N}\\p{M}'’])+`, 'gu');

/** Runs of letters, digits and their marks; of scripts that are written without blanks, each character alone. */
export const wordsOf = (text: string): string[] => text.match(WORDS) ?? [];

/** How many these are; most texts need no list of them. */
export function countWords(text: string): number {
  if (!PLAIN.test(text)) return wordsOf(text).length;
  let [count, within] = [0, false];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    const lower = unit | 0x20;
    const word = (lower >= 0x61 && lower <= 0x7a) || (unit >= 0x30 && unit <= 0x39) || unit === 0x27;
    if (word && !within) count++;
    within = word;
  }
  return count;
}
