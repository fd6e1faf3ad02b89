import { describe, expect, it } from 'vitest';
import { candidates, drawToken, likeliest } from './sampling.ts';

/** Logarithms of 0.5, 0.25, 0.15, 0.07 and 0.03, out of order and shifted. */
const SHARES = [0.07, 0.5, 0.03, 0.25, 0.15];
const logits = Float32Array.from(SHARES, (share) => Math.log(share) + 3);
const all = { temperature: 1, topK: 0, topP: 1, seed: 1 };
const tokens = (o: Partial<typeof all>) => candidates(logits, { ...all, ...o }).map(({ token }) => token);

describe('what may be drawn', () => {
  it('is everything, with its probability', () => {
    for (const { token, probability } of candidates(logits, all)) expect(probability).toBeCloseTo(SHARES[token]!, 6);
    expect(candidates(logits, all)).toHaveLength(5);
  });

  it('is the k greatest', () => {
    expect(tokens({ topK: 3 })).toEqual([1, 3, 4]);
    expect(tokens({ topK: 99 })).toHaveLength(5);
    expect(candidates(logits, { ...all, topK: 2 }).map(({ probability }) => probability)).toEqual([
      expect.closeTo(2 / 3, 6),
      expect.closeTo(1 / 3, 6),
    ]);
  });

  it('is the fewest that have p together, one at least', () => {
    expect(tokens({ topP: 0.49 })).toEqual([1]);
    expect(tokens({ topP: 0.51 })).toEqual([1, 3]);
    expect(tokens({ topP: 0.8 })).toEqual([1, 3, 4]);
    expect(tokens({ topP: 0.96 })).toEqual([1, 3, 4, 0]);
    expect(tokens({ topP: 0 })).toEqual([1]);
    // of the two greatest, which have 2/3 and 1/3
    expect(tokens({ topK: 2, topP: 0.6 })).toEqual([1]);
  });

  it('is sharper when it is colder', () => {
    const [first] = candidates(logits, { ...all, topK: 2, temperature: 0.5 });
    expect(first!.probability).toBeCloseTo(0.25 / (0.25 + 0.0625), 6);
  });

  it('leaves nothing out of a large vocabulary that sorting all would keep', () => {
    const many = Float32Array.from({ length: 5000 }, (_, i) => 6 * Math.sin(i * 12.9898));
    const top = many[likeliest(many)]!;
    const shares = [...many].map((x, token) => ({ token, share: Math.exp(x - top) }));
    const total = shares.reduce((sum, { share }) => sum + share, 0);
    let sum = 0;
    const kept = shares
      .toSorted((a, b) => b.share - a.share)
      .filter(({ share }) => {
        const before = sum;
        sum += share;
        return before < 0.95 * total;
      });
    expect(candidates(many, { ...all, topP: 0.95 }).map(({ token }) => token)).toEqual(kept.map(({ token }) => token));
    expect(kept.length).toBeGreaterThan(100);
    expect(kept.length).toBeLessThan(4900);
  });
});

describe('a token', () => {
  it('is the likeliest at temperature 0, the first of equal ones', () => {
    expect(drawToken(logits, { ...all, temperature: 0 }, 7)).toBe(1);
    expect(likeliest(Float32Array.of(1, 2, 2))).toBe(1);
  });

  it('is drawn as often as its probability says', () => {
    const counts = new Array<number>(5).fill(0);
    for (let step = 0; step < 20_000; step++) counts[drawToken(logits, all, step)]!++;
    counts.forEach((count, token) => {
      expect(count / 20_000).toBeCloseTo(SHARES[token]!, 1.9);
    });
  });

  it('repeats from seed and step, and another seed draws others', () => {
    const drawn = (seed: number) => Array.from({ length: 40 }, (_, step) => drawToken(logits, { ...all, seed }, step));
    expect(drawn(1)).toEqual(drawn(1));
    expect(drawn(1)).not.toEqual(drawn(2));
  });
});
