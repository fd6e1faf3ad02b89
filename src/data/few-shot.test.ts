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
  fewShot(data(classes), { fewShot: { examplesPerClass, draw: number }, seed });
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

  it('keeps what it has when it draws more', () => {
    const more = new Set(draw(8));
    expect(draw(4).every((id) => more.has(id))).toBe(true);
  });
});
