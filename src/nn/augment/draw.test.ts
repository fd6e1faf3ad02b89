import { describe, expect, it } from 'vitest';
import { symmetricBeta, uniform } from '../../lib/random.ts';
import type { Augmentation } from '../../protocol/augmentation.ts';
import { draw } from './draw.ts';
import { mapOf, randomCrop } from './geometry.ts';
import type { Occasion } from './mix.ts';

const OFF: Augmentation = {
  flipHorizontal: false,
  flipVertical: false,
  crop: 0,
  rotate: 0,
  colour: 0,
  erase: 0,
  mixup: 0,
  cutmix: 0,
  synonyms: 0,
  swap: 0,
  deletion: 0,
  views: 4,
};
const ALL: Augmentation = {
  ...OFF,
  flipHorizontal: true,
  flipVertical: true,
  crop: 0.6,
  rotate: 45,
  colour: 0.3,
  erase: 0.5,
  mixup: 0.2,
  cutmix: 1,
};
const SIZE = { width: 30, height: 20 };
const range = (count: number, from = 0) => Array.from({ length: count }, (_, i) => from + i);
const at = (patch: Partial<Occasion> = {}): Occasion => ({ seed: 7, view: 0, ids: range(16), first: 0, ...patch });

describe('what is drawn', () => {
  it('is nothing where all is off', () => {
    const nothing = { maps: undefined, colours: undefined, erased: undefined, mix: undefined };
    expect(draw(OFF, at(), SIZE)).toEqual(nothing);
  });

  it('repeats from its seed and changes with seed and view', () => {
    const first = draw(ALL, at(), SIZE);
    expect(draw(ALL, at(), SIZE)).toEqual(first);
    for (const other of [draw(ALL, at({ seed: 8 }), SIZE), draw(ALL, at({ view: 1 }), SIZE)]) {
      expect(other.maps).not.toEqual(first.maps);
      expect(other.colours).not.toEqual(first.colours);
      expect(other.mix).not.toEqual(first.mix);
    }
  });

  it('belongs to the example, not to its place or its company; partners aside', () => {
    const together = draw(ALL, at(), SIZE);
    const alone = draw(ALL, at({ ids: [5], first: 9 }), SIZE);
    expect(alone.maps![0]).toEqual(together.maps![5]);
    expect(alone.colours![0]).toEqual(together.colours![5]);
    expect(alone.erased![0]).toEqual(together.erased![5]);
    expect(alone.mix).toBeUndefined();
  });

  it('does not change when another change is switched on', () => {
    const { colours, erased } = draw(ALL, at(), SIZE);
    const less = draw({ ...ALL, crop: 0, rotate: 0, flipHorizontal: false, mixup: 0 }, at(), SIZE);
    expect([less.colours, less.erased]).toEqual([colours, erased]);
  });

  it('flips half of the pictures, and erases its chance of them', () => {
    const ids = range(2000);
    const { maps } = draw({ ...OFF, flipHorizontal: true }, at({ ids }), SIZE);
    const flipped = maps!.filter(([a]) => a < 0).length;
    expect(Math.abs(flipped - 1000)).toBeLessThan(90); // four standard deviations
    const { erased } = draw({ ...OFF, erase: 0.25 }, at({ ids }), SIZE);
    const boxes = erased!.filter(({ width }) => width > 0);
    expect(Math.abs(boxes.length - 500)).toBeLessThan(80);
    for (const { left, top, width, height } of boxes) {
      expect(left + width).toBeLessThanOrEqual(30);
      expect(top + height).toBeLessThanOrEqual(20);
      expect(width * height).toBeLessThanOrEqual(0.33 * 600 * 1.1); // sides are rounded to whole pixels
    }
  });

  it('cuts out no more than was asked for, inside the picture', () => {
    const next = uniform(1);
    const areas = range(500).map(() => {
      const { left, top, width, height } = randomCrop(SIZE, 0.6, next);
      expect(Math.min(left, top)).toBeGreaterThanOrEqual(0);
      expect(left + width).toBeLessThanOrEqual(30 + 1e-9);
      expect(top + height).toBeLessThanOrEqual(20 + 1e-9);
      return (width * height) / 600;
    });
    expect(Math.min(...areas)).toBeGreaterThanOrEqual(0.4);
    expect(Math.min(...areas)).toBeLessThan(0.45);
    expect(Math.max(...areas)).toBeLessThanOrEqual(1);
  });

  it('moves nothing where nothing is flipped, turned or cut', () => {
    const still = { flipHorizontal: false, flipVertical: false, angle: 0, crop: { left: 0, top: 0, ...SIZE } };
    expect(mapOf(SIZE, still).map((value) => value + 0)).toEqual([1, 0, 0, 0, 1, 0]);
  });
});

describe('mixing', () => {
  it('gives each example another one of its batch', () => {
    const { partners, shares } = draw({ ...OFF, mixup: 0.4 }, at(), SIZE).mix!;
    expect(partners.toSorted((a, b) => a - b)).toEqual(range(16));
    expect(partners.every((partner, i) => partner !== i)).toBe(true);
    expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
  });

  it('leaves a batch of one as it is', () => {
    expect(draw({ ...OFF, mixup: 0.4 }, at({ ids: [3] }), SIZE).mix).toBeUndefined();
  });

  it('counts the pasted pixels', () => {
    const { pasted, shares } = draw({ ...OFF, cutmix: 1 }, at({ ids: range(200) }), SIZE).mix!;
    pasted.forEach(({ left, top, width, height }, i) => {
      expect(shares[i]).toBe(1 - (width * height) / 600);
      expect(Math.min(left, top, width, height)).toBeGreaterThanOrEqual(0);
      expect(left + width).toBeLessThanOrEqual(30);
      expect(top + height).toBeLessThanOrEqual(20);
    });
  });

  it('draws one of both kinds for a batch', () => {
    const kinds = range(200).map((i) => draw({ ...OFF, mixup: 0.2, cutmix: 1 }, at({ first: 16 * i }), SIZE).mix!.kind);
    const mixups = kinds.filter((kind) => kind === 'mixup').length;
    expect(Math.abs(mixups - 100)).toBeLessThan(30);
  });

  // mean 1/2, variance 1 / (4 (2 alpha + 1))
  it.each([0.05, 0.2, 1])('draws shares of Beta(%d, itself)', (alpha) => {
    const shares = range(4000).map((i) => symmetricBeta(alpha, 31 * i + 1));
    const mean = shares.reduce((sum, share) => sum + share, 0) / 4000;
    const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / 4000;
    const expected = 1 / (4 * (2 * alpha + 1));
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(expected / 4000));
    expect(Math.abs(variance - expected)).toBeLessThan(0.06 * expected);
  });
});
