import { expect, it } from 'vitest';
import { halvesToFloats } from './half.ts';

const scratch = new DataView(new ArrayBuffer(4));

/**
 * IEEE 754 binary16 by moving bits into binary32 (van der Zijp, Fast Half Float Conversions): sign, exponent rebiased
 * from 15 to 127, fraction shifted by 13; subnormal halves are normalised bit by bit. Shares nothing with the decoder.
 */
function binary32(half: number): number {
  const sign = (half & 0x8000) << 16;
  let exponent = (half & 0x7c00) >> 10;
  let fraction = (half & 0x03ff) << 13;
  if (exponent === 31) exponent = 255;
  else if (exponent > 0) exponent += 112;
  else if (fraction !== 0) {
    exponent = 113;
    while ((fraction & 0x800000) === 0) {
      fraction <<= 1;
      exponent -= 1;
    }
    fraction &= 0x7fffff;
  }
  scratch.setInt32(0, sign | (exponent << 23) | fraction);
  return scratch.getFloat32(0);
}

it('decodes all 65,536 halves exactly', () => {
  const floats = halvesToFloats(Uint16Array.from({ length: 65536 }, (_, bits) => bits));
  const wrong = [...floats.keys()].filter((bits) => !Object.is(floats[bits], binary32(bits)));
  expect(wrong).toEqual([]);
});

it.each([
  [0x0000, 0],
  [0x8000, -0],
  [0x0001, 2 ** -24],
  [0x03ff, 1023 / 2 ** 24],
  [0x0400, 2 ** -14],
  [0x3555, 0.333251953125],
  [0x3c00, 1],
  [0x3c01, 1 + 2 ** -10],
  [0xc000, -2],
  [0x7bff, 65504],
  [0x7c00, Number.POSITIVE_INFINITY],
  [0xfc00, Number.NEGATIVE_INFINITY],
  [0x7e00, Number.NaN],
  [0xfc01, Number.NaN],
])('%i is %d', (bits, value) => expect(halvesToFloats(Uint16Array.of(bits))[0]).toBe(value));
