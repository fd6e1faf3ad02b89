import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sniffImage, sniffOther, sniffSize } from './sniff.ts';

const FOLDER = new URL('./fixtures/', import.meta.url);
const TYPES: Record<string, string> = {
  jpg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  webp: 'image/webp',
  bmp: 'image/bmp',
  avif: 'image/avif',
};
/** By file; the small ones are 16 x 12, the others 40 x 24. */
const SIZES: Record<string, number[]> = { 'alpha.png': [256, 256], 'subsampled.jpg': [64, 48] };
const SMALL = /^(deep-rgb|cmyk|progressive|grey-alpha|black-white|lossy|alpha\.webp|moving|grey\.avif)/;
const pictures = readdirSync(FOLDER).filter((name) => !name.endsWith('.json'));

describe('sniff', () => {
  it.each(pictures)('knows %s by its first bytes', (name) => {
    const bytes = new Uint8Array(readFileSync(new URL(name, FOLDER)));
    expect(sniffImage(bytes.subarray(0, 64))).toBe(TYPES[name.split('.')[1]!]);
    // The cut JPEG ends before its frame header.
    if (name === 'cut.jpg') return;
    const size = sniffSize(bytes);
    expect([size?.width, size?.height]).toEqual(SIZES[name] ?? (SMALL.test(name) ? [16, 12] : [40, 24]));
  });

  it('takes prose, empty and short files for no picture', () => {
    for (const text of ['BMW is a maker of cars and nothing else.', 'GIF', '', 'RIFF', 'ÿØ']) {
      expect(sniffImage(new TextEncoder().encode(text))).toBeNull();
    }
    expect(sniffImage(Uint8Array.of(0xff, 0xd8))).toBeNull();
    expect(sniffSize(Uint8Array.of(0xff, 0xd8, 0xff))).toBeNull();
  });

  it('names what else it may be', () => {
    const other = (text: string) => sniffOther(new TextEncoder().encode(text));
    expect(other('<?xml version="1.0"?><svg xmlns="x">')).toBe('svg');
    expect(other('%PDF-1.7 ')).toBe('pdf');
    expect(other('hello\n')).toBe('text');
    expect(other('\0\u0001\u0002')).toBe('unknown');
  });
});
