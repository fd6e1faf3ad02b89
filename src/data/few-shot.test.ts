import { describe, expect, it } from 'vitest';
import { fewShot } from './few-shot.ts';

const CLASSES = ['birds', 'cats', 'dogs'];
const data = (classes = CLASSES) => ({
  classes,
  // 40 of each class, but 3 dogs
  ids: () => Array.from({ length: 83 }, (_, i) => 2 * i),
  label: (id: number) => (id / 2 < 80 ? (id / 2) % 2 : 2),
});
const draw = (examplesPerClass: number, number = 0, seed = 42, classes?: string[]) =>
  fewShot(data(classes), { fewShot: { examplesPerClass, draw: number, share: 1 }, seed });
const part = (share: number, examplesPerClass = 0) =>
  fewShot(data(), { fewShot: { examplesPerClass, draw: 0, share }, seed: 42 });
const countOf = (ids: readonly number[], label: number) => ids.filter((id) => data().label(id) === label).length;

describe('few-shot', () => {
  it('takes so many of each class, and all of a class with fewer', () => {
    const ids = draw(5);
    expect([0, 1, 2].map((label) => countOf(ids, label))).toEqual([5, 5, 3]);
    expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a - b));
  });

  it('takes all where it is off', () => {
    expect(draw(0)).toEqual(data().ids());
  });

  it('repeats, and changes with draw and seed', () => {
    expect(draw(5)).toEqual(draw(5));
    expect(draw(5, 1)).not.toEqual(draw(5));
    expect(draw(5, 0, 43)).not.toEqual(draw(5));
  });

  it('draws of a class by its name alone', () => {
    const cats = (ids: readonly number[]) => ids.filter((id) => data().label(id) === 1);
    expect(cats(draw(5, 0, 42, ['parrots', 'cats', 'wolves']))).toEqual(cats(draw(5)));
  });

  it('takes a share of each class, at least one, and a smaller share is a part of a larger one', () => {
    const counts = (ids: readonly number[]) => [0, 1, 2].map((label) => countOf(ids, label));
    expect([0.1, 0.25, 0.5, 1].map((share) => counts(part(share)))).toEqual([
      [4, 4, 1],
      [10, 10, 1],
      [20, 20, 2],
      [40, 40, 3],
    ]);
    const shares = [0.1, 0.25, 0.5, 1].map((share) => part(share));
    for (const [i, less] of shares.slice(0, -1).entries()) {
      const more = new Set(shares[i + 1]);
      expect(less.every((id) => more.has(id))).toBe(true);
    }
    expect(counts(part(0.5, 5))).toEqual([5, 5, 2]);
  });

  it('keeps what it has when it draws more', () => {
    const more = new Set(draw(8));
    expect(draw(4).every((id) => more.has(id))).toBe(true);
  });
});
