import { describe, expect, it } from 'vitest';
import { crossEntropyOf, guesses, softmax } from './evaluate.ts';

describe('answers from logits', () => {
  it('softmax sums to 1, however large the logits', () => {
    const p = softmax(Float32Array.of(1000, 1001, 999));
    expect(p.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
    expect(p[1]! / p[0]!).toBeCloseTo(Math.E, 4);
  });
  it('cross-entropy is minus the log of the label’s probability', () => {
    const logits = Float32Array.of(0.5, -1, 2);
    expect(crossEntropyOf(logits, 2)).toBeCloseTo(-Math.log(softmax(logits)[2]!), 5);
    expect(crossEntropyOf(Float32Array.of(-500, 500), 0)).toBeCloseTo(1000, 3);
  });
  it('the surest comes first', () => {
    const top = guesses(Float32Array.of(0, 3, 1), ['a', 'b', 'c'], 2);
    expect(top.map(({ label }) => label)).toEqual(['b', 'c']);
  });
});
