import { expect, it } from 'vitest';
import { wattHours, wattsOf } from './energy.ts';

it('energy is seconds times watts, in watt-hours', () => {
  expect(wattHours(3600, 30)).toBe(30);
  expect(wattHours(14, 30)).toBeCloseTo(0.1167, 4);
});

it('a power is a number of watts that a machine may take', () => {
  expect(['30', ' 65.4 ', '2000'].map(wattsOf)).toEqual([30, 65, 2000]);
  expect(['', '0', '-3', '1e9', 'many'].map(wattsOf)).toEqual(Array(5).fill(undefined));
});
