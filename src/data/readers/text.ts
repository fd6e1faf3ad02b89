/** Encodings that spreadsheets write. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/**
 * Text of a file: by its byte order mark, else UTF-8, else Windows-1252 (what spreadsheets on Windows save as "CSV"),
 * in which every byte means something, so that this never fails.
 */
export function decodeText(bytes: Uint8Array): { text: string; encoding: Encoding } {
  const decoded = (encoding: Encoding, fatal = false) => ({
    text: new TextDecoder(encoding, { fatal }).decode(bytes),
    encoding,
  });
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decoded('utf-16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decoded('utf-16be');
  try {
    return decoded('utf-8', true);
  } catch {
    return decoded('windows-1252');
  }
}
