import { describe, expect, it } from 'vitest';
import { decoderOf } from './decode.ts';
import { guessEncoding } from './encoding.ts';
import { encode, read, rowsOf } from './testing.ts';

const bytesOf = (hex: string) => Uint8Array.from(hex.match(/../g)!, (pair) => Number.parseInt(pair, 16));

/** By Python's codec `kz1048`: every letter that Windows-1251 has not. */
const LETTERS = '8d8e9d9ea1a2a3a5aaafb4babcbdbebf';
const TABLE =
  'ecbcf2b3ed2ce1e5ebe3b30a8dfbe7ece5f220eab4f0f1e5f2f320ede0f8e0f020e1eeebe4fb2cf2e5f0b3f10ac1a2eb20eab3f2e0ef20ece0bae0ed20b4f2e520a2ede0e4fb2ceebe0a';

describe('KZ-1048', () => {
  it('has the letters of Kazakh, and those of Windows-1251 else', () => {
    expect(decoderOf('kz-1048').decode(bytesOf(LETTERS))).toBe('ҚҺқһҰұӘӨҒҮөғәҢңү');
    const russian = 'Съешь ещё этих мягких французских булок — «да» № 5';
    expect(decoderOf('kz-1048').decode(encode(russian, 'windows-1251'))).toBe(russian);
  });

  it('is guessed from Kazakh, and read', async () => {
    const table = await read(bytesOf(TABLE));
    expect(table.reading.encoding).toBe('kz-1048');
    expect(table.columns).toEqual(['мәтін', 'белгі']);
    expect(rowsOf(table)).toEqual([
      ['Қызмет көрсету нашар болды', 'теріс'],
      ['Бұл кітап маған өте ұнады', 'оң'],
    ]);
  });

  it.each([
    ['Ukrainian', 'Її їжак єднає ґанок і підвал у Києві\n'],
    ['Belarusian', 'Ён быў у лесе, і мы яго ўжо ведаем\n'],
    ['Serbian', 'Још једна ноћ, њен љубимац ђак и џем\n'],
    ['Macedonian', 'Ќе дојде ѕвезда, и ѓаволот ќе си замине\n'],
  ])('is not guessed from %s', (_, text) => {
    expect(guessEncoding(encode(text, 'windows-1251'))).toBe('windows-1251');
  });
});
