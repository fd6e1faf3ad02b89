import { describe, expect, test } from 'vitest';
import { NONE } from '@/protocol/dataset.ts';
import { datasetOf } from '../../testing/fixtures.ts';
import { EVERYTHING, sectionsOf, tally } from './filter.ts';
import { columnsIn, layoutOf, moved } from './layout.ts';
import { NOTHING, only, reaching, toggled, within } from './selection.ts';

const dataset = datasetOf({ Basil: 5, Mint: 4, Thyme: 3 });
const labels = dataset.examples.labels.slice();
labels[0] = NONE;
const excluded = dataset.examples.excluded.slice();
excluded[6] = 1;
const mixed = { ...dataset, examples: { ...dataset.examples, labels, excluded } };

describe('what is shown', () => {
  test('the unsorted come first, then the classes', () => {
    expect(sectionsOf(mixed, EVERYTHING)).toEqual([
      { label: NONE, ids: [0] },
      { label: 0, ids: [1, 2, 3, 4] },
      { label: 1, ids: [5, 6, 7, 8] },
      { label: 2, ids: [9, 10, 11] },
    ]);
  });
  test('by class, by part, by name and by finding', () => {
    const idsOf = (filter: object) => sectionsOf(mixed, { ...EVERYTHING, ...filter }).flatMap(({ ids }) => ids);
    expect(idsOf({ label: 1 })).toEqual([5, 6, 7, 8]);
    expect(idsOf({ label: NONE })).toEqual([0]);
    expect(idsOf({ part: 'excluded' })).toEqual([6]);
    expect(idsOf({ part: 'in-use', label: 1 })).toEqual([5, 7, 8]);
    expect(idsOf({ text: 'THYME/img_0002' })).toEqual([10]);
    expect(idsOf({ among: new Set([3, 9]) })).toEqual([3, 9]);
  });
  test('counts leave out what was left out', () => {
    expect(tally(mixed)).toEqual({ sizes: [4, 3, 3], unsorted: 1, excluded: 1 });
  });
});

describe('keys move over the rows', () => {
  //      head, 0 | head, 1 2 3, 4 | head, 5 6 7, 8 | head, 9 10 11
  const layout = layoutOf(sectionsOf(mixed, EVERYTHING), 3);
  const at = (id: number, key: string) => layout.order[moved(layout, layout.placeOf.get(id)!, key)!];
  test('sideways through all, and not beyond the ends', () => {
    expect(at(3, 'ArrowRight')).toBe(4);
    expect(at(4, 'ArrowRight')).toBe(5);
    expect(at(0, 'ArrowLeft')).toBe(0);
    expect(at(11, 'ArrowRight')).toBe(11);
    expect(moved(layout, 0, 'x')).toBeUndefined();
  });
  test('down keeps the column where the row is long enough, and passes over headings', () => {
    expect(at(0, 'ArrowDown')).toBe(1);
    expect(at(3, 'ArrowDown')).toBe(4);
    expect(at(4, 'ArrowDown')).toBe(5);
    expect(at(11, 'ArrowUp')).toBe(8);
    expect(at(11, 'ArrowDown')).toBe(11);
    expect(at(1, 'End')).toBe(11);
    expect(at(11, 'Home')).toBe(0);
  });
  test('as many columns as fit, at least three', () => {
    expect(columnsIn(780, 96, 6)).toEqual({ columns: 7, size: (780 - 36) / 7 });
    expect(columnsIn(200, 96, 6).columns).toBe(3);
  });
});

describe('picking', () => {
  const { order, placeOf } = layoutOf(sectionsOf(mixed, EVERYTHING), 3);
  test('one, some, and all between', () => {
    expect([...only(4).ids]).toEqual([4]);
    const two = toggled(only(4), 7);
    expect([...two.ids]).toEqual([4, 7]);
    expect([...toggled(two, 4).ids]).toEqual([7]);
    expect([...reaching(two, 5, order, placeOf).ids]).toEqual([5, 6, 7]);
    expect([...reaching(NOTHING, 5, order, placeOf).ids]).toEqual([5]);
  });
  test('what is no longer shown is no longer picked', () => {
    const shown = layoutOf(sectionsOf(mixed, { ...EVERYTHING, label: 1 }), 3).placeOf;
    expect([...within({ ids: new Set([1, 5, 6]) }, shown).ids]).toEqual([5, 6]);
  });
});
