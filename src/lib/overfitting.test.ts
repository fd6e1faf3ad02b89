import { describe, expect, it } from 'vitest';
import { overfittingOf } from './overfitting.ts';

const curve = (losses: readonly number[]) => losses.map((loss, i) => ({ epoch: i + 1, loss }));
const falling = curve([1, 0.8, 0.6, 0.4, 0.3, 0.2, 0.1]);

describe('where overfitting began', () => {
  it('is where validation was lowest, once it has risen for two epochs while training fell', () => {
    const validation = curve([1, 0.8, 0.7, 0.75, 0.82, 0.9, 1.05]);
    expect(overfittingOf(falling, validation)).toMatchObject({
      epoch: 3,
      best: 0.7,
      loss: 1.05,
      before: 0.6,
      train: 0.1,
    });
    expect(overfittingOf(falling, validation)!.rise).toBeCloseTo(0.5);
    expect(overfittingOf(falling, validation)!.gap).toBeCloseTo(0.95);
  });

  it('is told as soon as the second validation lies so high, and not before', () => {
    const validation = curve([1, 0.7, 0.82, 0.84]);
    const told = validation.map((_, i) => overfittingOf(falling.slice(0, i + 1), validation.slice(0, i + 1))?.epoch);
    expect(told).toEqual([undefined, undefined, undefined, 2]);
  });

  it('is taken back where validation falls to a new lowest', () => {
    expect(overfittingOf(falling, curve([1, 0.7, 0.9, 0.9, 0.65]))).toBeUndefined();
    expect(overfittingOf(falling, curve([1, 0.7, 0.9, 0.9, 0.65, 0.8, 0.8]))).toMatchObject({ epoch: 5 });
  });

  it.each([
    ['validation that levels out', [1, 0.7, 0.75, 0.76, 0.78]],
    ['one bad validation', [1, 0.7, 0.71, 0.7, 1.2]],
    ['a rise that was left again', [1, 0.7, 0.9, 0.95, 0.75]],
    ['next to no loss, doubled', [0.1, 0.01, 0.02, 0.03]],
    ['what still improves', [1, 0.9, 0.8, 0.7]],
    ['one validation', [1]],
    ['none', []],
  ])('is nowhere with %s', (_, losses) => {
    expect(overfittingOf(falling, curve(losses))).toBeUndefined();
  });

  it('is no overfitting where training loss rises too: that is a rate too high', () => {
    expect(overfittingOf(curve([1, 0.5, 0.7, 0.9]), curve([1, 0.6, 0.8, 1]))).toBeUndefined();
  });
});
