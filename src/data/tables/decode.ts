import { breathe } from '../../lib/breathe.ts';
import type { Encoding } from '../../protocol/text.ts';
import { fromWindows1251 } from './kazakh.ts';

/** Read from the file at once: a slice for every step would take longer than decoding it. */
const BLOCK = 4 * 2 ** 20;
/** Bytes between two breaths of the worker: some milliseconds of parsing. */
const STEP = 256 * 1024;
/** Bytes that the encoding is guessed from. */
const SAMPLE = 256 * 1024;

const bytesOf = async (file: Blob, from: number, to: number): Promise<Uint8Array> =>
  new Uint8Array(await file.slice(from, to).arrayBuffer());

/**
 * Bytes to guess an encoding from: the first ones, or where these are plain ASCII, those from the line on that is the
 * first not to be.
 */
export async function encodingSample(file: Blob): Promise<Uint8Array> {
  const head = await bytesOf(file, 0, SAMPLE);
  let block = head;
  for (let from = 0; from < file.size; from += block.length) {
    if (from > 0) block = await bytesOf(file, from, from + BLOCK);
    const found = block.findIndex((byte) => byte >= 0x80);
    await breathe();
    if (found < 0) continue;
    const line = block.lastIndexOf(0x0a, found) + 1;
    return from === 0 ? head : bytesOf(file, from + line, from + line + SAMPLE);
  }
  return head;
}

/** For a text that comes in parts. What means nothing becomes U+FFFD. */
export function decoderOf(encoding: Encoding): Pick<TextDecoder, 'decode'> {
  if (encoding !== 'kz-1048') return new TextDecoder(encoding);
  const decoder = new TextDecoder('windows-1251');
  return { decode: (bytes, options) => fromWindows1251(decoder.decode(bytes, options)) };
}

/** The text of a file, a few hundred kilobytes at a time, each line end as `\n`. What means nothing becomes U+FFFD. */
export async function* decodeChunks(
  file: Blob,
  encoding: Encoding,
  onProgress?: (done: number, total: number) => void,
): AsyncGenerator<string> {
  const decoder = decoderOf(encoding);
  let held = '';
  for (let from = 0; from < file.size; from += BLOCK) {
    const block = await bytesOf(file, from, from + BLOCK);
    for (let at = 0; at < block.length; at += STEP) {
      const text = held + decoder.decode(block.subarray(at, at + STEP), { stream: true });
      // The other half of a line end may be in the next step.
      held = text.endsWith('\r') ? '\r' : '';
      const whole = held ? text.slice(0, -1) : text;
      if (whole) yield withLineFeeds(whole);
      onProgress?.(Math.min(from + at + STEP, file.size), file.size);
      await breathe();
    }
  }
  const rest = held + decoder.decode();
  if (rest) yield withLineFeeds(rest);
}

export const withLineFeeds = (text: string): string => (text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text);

/** The first characters of a file, and whether they are all of it. */
export async function textSample(file: Blob, encoding: Encoding): Promise<{ text: string; whole: boolean }> {
  const bytes = await bytesOf(file, 0, SAMPLE);
  const whole = bytes.length === file.size;
  return { text: withLineFeeds(decoderOf(encoding).decode(bytes, { stream: !whole })), whole };
}
