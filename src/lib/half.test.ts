import { expect, it } from 'vitest';
import { areHalves, exactHalves, halvesToFloats, packHalves, unpackHalves } from './half.ts';

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

/** The half of a value alone. */
const halfOf = (value: number): number => packHalves(Float32Array.of(value), 1)[0]! & 0xffff;

it('every half comes back from single precision', () => {
  const numbers = Uint16Array.from({ length: 65536 }, (_, bits) => bits).filter((bits) => (bits & 0x7c00) !== 0x7c00);
  const floats = halvesToFloats(numbers);
  expect(new Uint16Array(packHalves(floats, floats.length).buffer)).toEqual(numbers);
});

it.each([
  // halfway between two: the even one
  [1 + 2 ** -11, 0x3c00],
  [1 + 3 * 2 ** -11, 0x3c02],
  [1 + 2 ** -11 + 2 ** -20, 0x3c01],
  [-(2 ** -25), 0x8000],
  [3 * 2 ** -25, 0x0002],
  [2 ** -25 + 2 ** -40, 0x0001],
  [2 ** -14 - 2 ** -26, 0x0400],
  [65519, 0x7bff],
  [65520, 0x7bff],
  [-1e9, 0xfbff],
  [Number.POSITIVE_INFINITY, 0x7c00],
  [Number.NaN, 0x7e00],
])('%d is rounded to %i', (value, half) => expect(halfOf(value)).toBe(half));

it.each([1, 2, 3, 8])('rows of %i values begin at a word each', (each) => {
  const values = Float32Array.from({ length: 6 * each }, (_, i) => i - 7.25);
  const words = packHalves(values, each);
  expect(words).toHaveLength(6 * Math.ceil(each / 2));
  const back = new Float32Array(values.length);
  unpackHalves(words, each, back);
  expect(back).toEqual(values);
});

it('knows every finite half again, and nothing between two', () => {
  const finite = Uint16Array.from({ length: 65536 }, (_, bits) => bits).filter((bits) => (bits & 0x7c00) !== 0x7c00);
  const values = halvesToFloats(finite);
  expect(exactHalves(values)).toEqual(finite);
  expect(areHalves(values)).toBe(true);
  const between = [
    2 ** -25,
    1.5 * 2 ** -24,
    1 + 2 ** -11,
    0.1,
    65_504 + 16,
    65_536,
    Infinity,
    Number.NaN,
    -(2 ** -14) * (1 + 2 ** -11),
  ];
  for (const value of between) {
    expect(exactHalves(Float32Array.of(1, value))).toBeUndefined();
    expect(areHalves(Float32Array.of(1, value))).toBe(false);
  }
});

it('fills the last word', () => {
  expect([...exactHalves(Float32Array.of(1, -0.5, 2))!]).toEqual([0x3c00, 0xb800, 0x4000, 0]);
});
