import { strToU8 } from 'fflate';

/**
 * The name of an entry as it was meant. Without the flag that says UTF-8 the library reads Latin-1, but macOS writes
 * UTF-8 all the same, and Windows the old code page of its language: 866 (Cyrillic) or 936 (Chinese).
 */
export function entryName(name: string): string {
  if (!/[\x80-\xff]/.test(name) || /[^\0-\xff]/.test(name)) return name;
  const bytes = strToU8(name, true);
  const encodings = ['utf-8', ...(looksCyrillic(name) ? ['ibm866'] : []), ...(looksChinese(name) ? ['gb18030'] : [])];
  for (const encoding of encodings) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      // Not this one.
    }
  }
  return name;
}

/** Words of nothing but letters of code page 866; Western names mix such bytes with plain letters (`Kr\x84uter`). */
const looksCyrillic = (name: string): boolean => {
  const words = name.match(/[A-Za-z\x80-\xff]{2,}/g)?.filter((word) => /[\x80-\xff]/.test(word)) ?? [];
  return words.length > 0 && words.every((word) => /^[\x80-\xaf\xe0-\xf1]+$/.test(word));
};

/** Pairs of the first level of GB 2312, which holds the common characters. */
const looksChinese = (name: string): boolean =>
  /[\xb0-\xf7]/.test(name) && /^(?:[\0-\x7f]|[\xa1-\xf7][\xa1-\xfe])*$/.test(name);
