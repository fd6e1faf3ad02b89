/**
 * KZ-1048 (STRK 1048-2002) is Windows-1251 with Kazakh letters for those of other languages. `TextDecoder` does not know
 * it. The table is that of unicode.org's KZ1048.TXT.
 */
const OTHERS = 'ЌЋќћЎўЈҐЄЇґєјЅѕї';
const KAZAKH = 'ҚҺқһҰұӘӨҒҮөғәҢңү';
const LETTERS = new Map(Array.from(OTHERS, (letter, i) => [letter, KAZAKH[i]!]));
const OTHER = new RegExp(`[${OTHERS}]`, 'g');

/** What was read as Windows-1251, as KZ-1048 means it. */
export const fromWindows1251 = (text: string): string => text.replace(OTHER, (letter) => LETTERS.get(letter)!);

/** қ, ң, ә and their capitals. */
const KAZAKH_ALONE = new Set([0x8d, 0x9d, 0xa3, 0xbc, 0xbd, 0xbe]);
/** ы, і and their capitals. */
const VOWELS = new Set([0xdb, 0xfb, 0xb2, 0xb3]);

/**
 * Whether bytes that are Cyrillic are Kazakh. Of the languages that Windows-1251 is for, Serbian and Macedonian alone use
 * its letters in the places of қ, ң and ә, and they have neither ы nor і.
 */
export const isKazakh = (bytes: Uint8Array): boolean =>
  bytes.some((byte) => KAZAKH_ALONE.has(byte)) && bytes.some((byte) => VOWELS.has(byte));
