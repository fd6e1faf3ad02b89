import { describe, expect, it } from 'vitest';
import { fitMeans, fitScale, squaredDistances } from './nearest-mean.ts';
import { normal } from './random.ts';

const rows = (...each: number[][]) => ({ width: each[0]!.length, data: Float32Array.from(each.flat()) });

describe('nearest class mean', () => {
  it('brings rows to length 1, and measures to their mean', () => {
    const fit = fitMeans(rows([3, 0], [0, 5], [0, -2]), [0, 0, 1], 2);
    expect([...fit.means]).toEqual([0.5, 0.5, 0, -1]);
    expect([...squaredDistances(fit, rows([9, 0], [0, -1], [0, 0]))]).toEqual([0.5, 2, 2.5, 0, 0.5, 1]);
  });

  it('sees a class that has no example from as far as can be', () => {
    const fit = fitMeans(rows([3, 0], [0, 4], [-2, 0]), [0, 2, 2], 3);
    const [near, none, far] = squaredDistances(fit, rows([3, 0]));
    expect([near, none]).toEqual([0, 4]);
    expect(far).toBe(2.5);
  });

  it('finds the scale that its distances were drawn with', () => {
    const next = normal(3);
    const scale = 7;
    const distances = Float64Array.from({ length: 3000 * 3 }, () => Math.abs(next()));
    // Gumbel noise makes the arg max a draw from the softmax
    const labels = Array.from({ length: 3000 }, (_, row) => {
      const scores = [0, 1, 2].map((k) => {
        const u = (Math.abs(Math.sin((row * 3 + k) * 12.9898) * 43758.5453) % 1) * 0.999998 + 1e-6;
        return -scale * distances[row * 3 + k]! - Math.log(-Math.log(u));
      });
      return scores.indexOf(Math.max(...scores));
    });
    expect(fitScale(distances, labels, 3)).toBeGreaterThan(6);
    expect(fitScale(distances, labels, 3)).toBeLessThan(8);
    expect(fitScale(new Float64Array(0), [], 3)).toBe(1);
  });
});
