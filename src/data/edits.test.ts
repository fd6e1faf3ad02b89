import { expect, it } from 'vitest';
import { NONE } from '../protocol/dataset.ts';
import { applyEdit, type Sorting } from './edits.ts';

const before: Sorting = {
  classes: ['ant', 'bee', 'Ant'],
  labels: Int32Array.of(0, 1, 2, 2, NONE),
  excluded: new Uint8Array(5),
};

it('labels, takes labels away, excludes and includes, and leaves what was before', () => {
  expect([...applyEdit(before, { kind: 'label', ids: [4, 0], label: 1 }).labels]).toEqual([1, 1, 2, 2, 1]);
  expect([...applyEdit(before, { kind: 'label', ids: [1], label: NONE }).labels]).toEqual([0, NONE, 2, 2, NONE]);
  const without = applyEdit(before, { kind: 'exclude', ids: [1, 3] });
  expect([...without.excluded]).toEqual([0, 1, 0, 1, 0]);
  expect([...applyEdit(without, { kind: 'include', ids: [3] }).excluded]).toEqual([0, 1, 0, 0, 0]);
  expect([...before.labels, ...before.excluded]).toEqual([0, 1, 2, 2, NONE, 0, 0, 0, 0, 0]);
});

it('adds and renames classes; to a name that is taken, both become one', () => {
  expect(applyEdit(before, { kind: 'add-class', name: 'cat' }).classes).toEqual(['ant', 'bee', 'Ant', 'cat']);
  expect(applyEdit(before, { kind: 'add-class', name: 'bee' })).toBe(before);
  expect(applyEdit(before, { kind: 'rename-class', label: 1, name: 'wasp' }).classes).toEqual(['ant', 'wasp', 'Ant']);
  const merged = applyEdit(before, { kind: 'rename-class', label: 0, name: 'Ant' });
  expect(merged.classes).toEqual(['bee', 'Ant']);
  expect([...merged.labels]).toEqual([1, 0, 1, 1, NONE]);
});

it('merges several classes into one of them', () => {
  const merged = applyEdit(before, { kind: 'merge-classes', from: [1, 2], into: 0 });
  expect(merged.classes).toEqual(['ant']);
  expect([...merged.labels]).toEqual([0, 0, 0, 0, NONE]);
});

it('ignores ids and classes that do not exist', () => {
  expect([...applyEdit(before, { kind: 'exclude', ids: [-1, 99] }).excluded]).toEqual([0, 0, 0, 0, 0]);
  expect(applyEdit(before, { kind: 'label', ids: [0], label: 3 })).toBe(before);
});
