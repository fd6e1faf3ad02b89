import { describe, expect, it } from 'vitest';
import { classMetrics, macroF1, majorityBaseline, rightAnswers } from './metrics.ts';

const HERBS = [
  [20, 2, 0, 0, 0],
  [2, 17, 0, 1, 0],
  [0, 0, 18, 0, 1],
  [0, 0, 0, 18, 0],
  [0, 0, 1, 0, 10],
];

describe('class metrics', () => {
  it('follow their definitions', () => {
    const [basil, mint, , sage] = classMetrics(HERBS);
    expect(basil).toEqual({ precision: 20 / 22, recall: 20 / 22, f1: 40 / 44, support: 22 });
    expect(mint!.precision).toBeCloseTo(0.894737, 6);
    expect(mint!.recall).toBeCloseTo(0.85, 6);
    expect(mint!.f1).toBeCloseTo(0.871795, 6);
    expect(sage!.recall).toBe(1);
    expect(macroF1(HERBS)).toBeCloseTo(0.9220636, 6);
    expect(rightAnswers(HERBS)).toBe(83);
  });

  it('say nothing about a class that was never answered', () => {
    const [, never] = classMetrics([
      [5, 0],
      [3, 0],
    ]);
    expect(never!.precision).toBeNaN();
    expect(never!.recall).toBe(0);
    expect(never!.f1).toBe(0);
  });

  it('leave classes without examples out of the macro F1', () => {
    expect(
      macroF1([
        [4, 0],
        [0, 0],
      ]),
    ).toBe(1);
  });

  it('name the majority class', () => {
    expect(majorityBaseline(HERBS)).toEqual({ class: 0, share: 22 / 90 });
  });
});
