import { describe, expect, it } from 'vitest';
import type { StepMetrics } from '../protocol/run.ts';
import { append, downsample, emptySeries, extreme, latest, smooth, toPoints, upTo } from './series.ts';

const point = (step: number, loss: number, split: StepMetrics['split'] = 'train'): StepMetrics => ({
  run: 'r',
  split,
  step,
  epoch: step / 10,
  seconds: step / 2,
  loss,
  accuracy: 0.5,
  examples: 16,
  ...(split === 'train' ? { learningRate: 1e-3 } : {}),
});

describe('series', () => {
  it('keeps every point while it grows', () => {
    let series = emptySeries();
    for (let from = 0; from < 1000; from += 7)
      series = append(
        series,
        Array.from({ length: 7 }, (_, i) => point(from + i, 1 / (1 + from + i))),
      );
    expect(series.length).toBe(1001);
    expect(toPoints(series, 'r', 'train')[777]).toEqual(point(777, 1 / 778));
  });

  it('goes back to a step, and grows on from there', () => {
    const whole = append(emptySeries(), [point(0, 3), point(1, 2), point(2, 1)]);
    const cut = upTo(whole, 1);
    expect(toPoints(cut, 'r', 'train').map(({ loss }) => loss)).toEqual([3, 2]);
    expect(toPoints(append(cut, [point(2, 0.5)]), 'r', 'train').map(({ loss }) => loss)).toEqual([3, 2, 0.5]);
    expect(upTo(whole, 2)).toBe(whole);
  });

  it('gives points without a learning rate back without one', () => {
    const series = append(emptySeries(), [point(0, 2, 'validation')]);
    expect(toPoints(series, 'r', 'validation')).toEqual([point(0, 2, 'validation')]);
  });

  it('names its newest and its best value', () => {
    const series = append(emptySeries(), [point(0, 2), point(1, 0.5), point(2, 0.5), point(3, Number.NaN)]);
    expect(latest(series, 'step')).toBe(3);
    expect(extreme(series, 'loss', 'min')).toBe(1);
    expect(extreme(series, 'loss', 'max')).toBe(0);
    expect(latest(emptySeries(), 'loss')).toBeUndefined();
    expect(extreme(emptySeries(), 'loss', 'min')).toBe(-1);
  });

  it('is a new object after each append, so that a selector sees it', () => {
    const before = emptySeries();
    expect(append(before, [point(0, 1)])).not.toBe(before);
  });
});

describe('smooth', () => {
  it('starts at the first value, not near zero', () => {
    for (const value of smooth([4, 4, 4], 0.9)) expect(value).toBeCloseTo(4, 12);
  });

  it('is m_t / (1 - beta^t)', () => {
    const values = [3, 1, 4, 1, 5];
    const beta = 0.6;
    let mean = 0;
    const expected = values.map((value, i) => {
      mean = beta * mean + (1 - beta) * value;
      return mean / (1 - beta ** (i + 1));
    });
    smooth(values, beta).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 12);
    });
  });

  it('gives the values back at beta 0', () => {
    expect([...smooth([3, 1, 4], 0)]).toEqual([3, 1, 4]);
  });

  it('steps over what is not a number', () => {
    const [a, b, c] = smooth([Number.NaN, 2, Number.NaN], 0.5);
    expect(a).toBeNaN();
    expect(b).toBe(2);
    expect(c).toBe(2);
  });
});

describe('downsample', () => {
  const noisy = Float64Array.from({ length: 10_000 }, (_, i) => 2 * Math.exp(-i / 3000) + 0.3 * Math.sin(i * 12.9898));

  it('draws at most the limit, in order, ends included', () => {
    for (const limit of [4, 10, 100, 500]) {
      const picked = downsample(noisy, limit);
      expect(picked.length).toBeLessThanOrEqual(limit);
      expect(picked[0]).toBe(0);
      expect(picked.at(-1)).toBe(9999);
      expect(picked.every((index, i) => i === 0 || index > picked[i - 1]!)).toBe(true);
    }
  });

  it('keeps a single spike', () => {
    const spiked = noisy.slice();
    spiked[5432] = 40;
    expect(downsample(spiked, 500)).toContain(5432);
  });

  it('keeps everything that fits', () => {
    expect(downsample([1, 2, 3], 500)).toEqual([0, 1, 2]);
  });

  it('keeps the buckets of a line with gaps', () => {
    const gaps = noisy.map((value, i) => (i % 3 === 0 ? value : Number.NaN));
    gaps[5000] = 40;
    const picked = downsample(gaps, 500);
    expect(picked.length).toBeLessThanOrEqual(500);
    expect(picked.filter((i) => Number.isNaN(gaps[i]!)).length).toBeLessThanOrEqual(1);
    expect(picked).toContain(5000);
  });
});
