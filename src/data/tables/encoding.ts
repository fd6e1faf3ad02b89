import type { Encoding } from '../../protocol/text.ts';
import { isKazakh } from './kazakh.ts';

/** Sound sequences of UTF-8 for each broken one, from which on a file is UTF-8 with some wrong bytes in it. */
const SOUND_FOR_BROKEN = 10;

/**
 * Encoding from the byte order mark, else from the bytes themselves: zeros beside line ends and blanks make UTF-16,
 * validity UTF-8, pairs of common characters GB18030, words of high bytes alone
 * Windows-1251, or KZ-1048 by the letters of Kazakh, and accented letters among plain ones Windows-1252. `bytes` may be
 * cut anywhere at its end.
 */
export function guessEncoding(bytes: Uint8Array): Encoding {
  const [first, second, third] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (isWide(bytes, 0)) return 'utf-16le';
  if (isWide(bytes, 1)) return 'utf-16be';
  const { sound, broken } = countUtf8(bytes);
  if (broken === 0 || sound >= broken * SOUND_FOR_BROKEN) return 'utf-8';
  if (isChinese(bytes)) return 'gb18030';
  if (!isCyrillic(bytes)) return 'windows-1252';
  return isKazakh(bytes) ? 'kz-1048' : 'windows-1251';
}

/** Line ends, blanks and what parts cells: in UTF-16 each has a zero beside it. */
const MARKS = new Set([0x09, 0x0a, 0x0d, 0x20, 0x2c, 0x3b]);

/**
 * Whether units of two bytes have the low one at `low` (0 or 1): nearly all zeros are high bytes, and marks have one.
 * Chinese letters end in bytes that look like marks (上 is 4E0A), so not all need to.
 */
function isWide(bytes: Uint8Array, low: 0 | 1): boolean {
  const high = 1 - low;
  let zeros = 0;
  let inPlace = 0;
  let marks = 0;
  let wide = 0;
  for (let i = 0; i + 1 < bytes.length; i += 2) {
    if (bytes[i + high] === 0) inPlace++;
    if (bytes[i] === 0) zeros++;
    if (bytes[i + 1] === 0) zeros++;
    if (!MARKS.has(bytes[i + low]!)) continue;
    marks++;
    if (bytes[i + high] === 0) wide++;
  }
  return wide > 0 && wide >= marks * 0.3 && inPlace >= zeros * 0.9;
}

/** Sequences of several bytes, and bytes that belong to none. */
function countUtf8(bytes: Uint8Array): { sound: number; broken: number } {
  let sound = 0;
  let broken = 0;
  for (let i = 0; i < bytes.length; ) {
    const byte = bytes[i]!;
    const length = byte < 0x80 ? 1 : byte < 0xc2 ? 0 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : byte < 0xf5 ? 4 : 0;
    let have = 1;
    while (have < length && (bytes[i + have]! & 0xc0) === 0x80) have++;
    if (have < length && i + have === bytes.length) break;
    if (length === 0 || have < length) broken++;
    else if (length > 1) sound++;
    i += have;
  }
  return { sound, broken };
}

/**
 * Whether high bytes pair up to common characters and punctuation (rows A1 to A3 and B0 to D7 of GB 2312). Capitals of
 * Windows-1251 do so too, but words of an odd length leave a byte alone.
 */
function isChinese(bytes: Uint8Array): boolean {
  let pairs = 0;
  let common = 0;
  let alone = 0;
  for (let i = 0; i < bytes.length; i++) {
    const lead = bytes[i]!;
    if (lead < 0x80) continue;
    const trail = bytes[i + 1] ?? 0;
    if (lead > 0x80 && lead < 0xff && trail >= 0x40 && trail !== 0x7f && trail < 0xff) {
      pairs++;
      if (trail > 0xa0 && ((lead >= 0xb0 && lead <= 0xd7) || (lead >= 0xa1 && lead <= 0xa3))) common++;
      i++;
    } else if (lead > 0x80 && trail >= 0x30 && trail <= 0x39) {
      pairs++;
      i += 3;
    } else if (i + 1 < bytes.length) alone++;
  }
  return common > pairs * 0.5 && alone <= pairs * 0.02;
}

/** Whether words of letters beyond ASCII alone are more than those that mix them with plain ones, as `Größe` does. */
function isCyrillic(bytes: Uint8Array): boolean {
  let alone = 0;
  let mixed = 0;
  let high = 0;
  let plain = 0;
  for (const byte of [...bytes, 0]) {
    if (byte >= 0xc0 || byte === 0xa8 || byte === 0xb8) high++;
    else if ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a) plain++;
    else {
      // One letter is a word in both: `à`, `и`.
      if (high && plain) mixed++;
      else if (high > 1) alone++;
      high = 0;
      plain = 0;
    }
  }
  return alone > mixed;
}
