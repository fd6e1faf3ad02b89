import { describe, expect, it } from 'vitest';
import { SPLITS, type Split, type SplitSettings } from '../protocol/dataset.ts';
import { countsOf, extendSplits as extended, splitOf as indexed, type Splittable } from './split.ts';

const settings: SplitSettings = { validation: 0.15, test: 0.15, seed: 42 };
interface Example {
  label: number;
  given?: Split | undefined;
}
/** `sizes[label]` examples of each class, labels taking turns as paths in a folder would not. */
const examples = (...sizes: number[]): Example[] =>
  sizes.flatMap((size, label) => Array.from({ length: size }, () => ({ label })));
const columns = (all: readonly Example[]): Splittable => ({
  labels: all.map(({ label }) => label),
  given: all.map(({ given }) => given),
});
const splitOf = (all: readonly Example[], classes: readonly string[], o: SplitSettings) =>
  Array.from(indexed(columns(all), classes, o), (split) => SPLITS[split]!);
const extendSplits = (before: Int8Array, all: readonly Example[], classes: readonly string[], o: SplitSettings) =>
  extended(before, columns(all), classes, o);
const count = (splits: readonly Split[], split: Split) => splits.filter((s) => s === split).length;

describe('splitOf', () => {
  it('repeats with its seed and changes with another', () => {
    const all = examples(40, 60);
    expect(splitOf(all, ['a', 'b'], settings)).toEqual(splitOf(all, ['a', 'b'], settings));
    expect(splitOf(all, ['a', 'b'], settings)).not.toEqual(splitOf(all, ['a', 'b'], { ...settings, seed: 43 }));
  });

  it('holds the proportions in every class', () => {
    const splits = splitOf(examples(200, 60), ['a', 'b'], settings);
    const of = (from: number, to: number) =>
      (['train', 'validation', 'test'] as const).map((split) => count(splits.slice(from, to), split));
    expect(of(0, 200)).toEqual([140, 30, 30]);
    expect(of(200, 260)).toEqual([42, 9, 9]);
  });

  it('does not move other classes when one is added', () => {
    const two = splitOf(examples(40, 60), ['b', 'c'], settings);
    const three = splitOf(examples(25, 40, 60), ['a', 'b', 'c'], settings);
    expect(three.slice(25)).toEqual(two);
  });

  it('draws the members of validation at random, not in order', () => {
    const first = splitOf(examples(100), ['a'], settings).slice(0, 15);
    expect(count(first, 'validation')).toBeLessThan(10);
  });

  it('keeps given splits and draws the missing one from training', () => {
    const given: Example[] = [
      ...Array.from({ length: 40 }, () => ({ label: 0, given: 'train' as const })),
      ...Array.from({ length: 10 }, () => ({ label: 0, given: 'test' as const })),
    ];
    const splits = splitOf(given, ['a'], settings);
    expect(splits.slice(40)).toEqual(Array(10).fill('test'));
    expect(count(splits.slice(0, 40), 'validation')).toBe(6);
    expect(count(splits.slice(0, 40), 'test')).toBe(0);
  });

  it('changes nothing where all three are given, and lets what is unnamed train', () => {
    const given = (['train', 'validation', 'test', undefined] as const).map((split) => ({ label: 0, given: split }));
    expect(splitOf(given, ['a'], settings)).toEqual(['train', 'validation', 'test', 'train']);
  });

  it('draws afresh where nothing is given to train on', () => {
    const given = Array.from({ length: 20 }, () => ({ label: 0, given: 'test' as const }));
    expect(count(splitOf(given, ['a'], settings), 'train')).toBe(14);
  });
});

describe('countsOf', () => {
  it('gives every split one of three, and keeps one to train on', () => {
    for (let n = 3; n < 50; n++) {
      for (const share of [0.01, 0.15, 0.45, 0.9]) {
        const { validation, test } = countsOf(n, { validation: share, test: share });
        expect(validation, `${n} ${share}`).toBeGreaterThan(0);
        expect(test).toBeGreaterThan(0);
        expect(n - validation - test).toBeGreaterThan(0);
      }
    }
    expect(countsOf(2, settings)).toEqual({ validation: 1, test: 0 });
    expect(countsOf(1, settings)).toEqual({ validation: 0, test: 0 });
    expect(countsOf(0, settings)).toEqual({ validation: 0, test: 0 });
  });

  it('gives nothing to a split whose share is zero', () => {
    expect(countsOf(10, { validation: 0, test: 0.2 })).toEqual({ validation: 0, test: 2 });
    expect(countsOf(2, { validation: 0, test: 0 })).toEqual({ validation: 0, test: 0 });
  });
});

describe('extendSplits', () => {
  const classes = ['a', 'b'];
  const before = indexed(columns(examples(40, 60)), classes, settings);

  it('leaves what is dealt where it is, whoever leaves or comes', () => {
    const without = examples(40, 60).map((one, id) => (id % 7 ? one : { label: -1 }));
    expect(extendSplits(before, without, classes, settings)).toEqual(before);
    const more = extendSplits(before, [...examples(40, 60), ...examples(20)], classes, settings);
    expect(more.slice(0, 100)).toEqual(before);
    const dealt = Array.from(more.slice(0, 40)).concat(...more.slice(100));
    expect([0, 1, 2].map((split) => dealt.filter((one) => one === split).length)).toEqual([42, 9, 9]);
  });

  it('deals one by one: the second watches, the third tests', () => {
    let splits = new Int8Array(0);
    for (let n = 1; n <= 4; n++) splits = extendSplits(splits, examples(n), ['a'], settings) as Int8Array<ArrayBuffer>;
    expect(Array.from(splits, (split) => SPLITS[split])).toEqual(['train', 'validation', 'test', 'train']);
  });

  it('gives nothing without a label', () => {
    expect([...extendSplits(new Int8Array(0), [{ label: -1 }], ['a'], settings)]).toEqual([-1]);
  });
});
