import { describe, expect, it } from 'vitest';
import { uniform } from '../../lib/random.ts';
import { type Finding, type FindingKind, NONE } from '../../protocol/dataset.ts';
import type { Columns } from './columns.ts';
import { type Fingerprint, fingerprintOf, perceptualHash, SIDE } from './fingerprint.ts';
import { dataReport } from './index.ts';
import { nameKey } from './names.ts';
import { ones } from './pairs.ts';

/** A picture of soft blobs that no other seed draws; `change` is done to every pixel. */
function print(seed: number, change: (value: number, i: number) => number = (value) => value): Fingerprint {
  const next = uniform(seed);
  const blobs = Array.from({ length: 12 }, () => ({
    x: 32 * next(),
    y: 32 * next(),
    r: 3 + 5 * next(),
    v: 255 * next(),
  }));
  const small = new Uint8ClampedArray(SIDE * SIDE * 4).fill(255);
  for (let i = 0; i < SIDE * SIDE; i++) {
    let value = 128;
    for (const { x, y, r, v } of blobs)
      value += (v - 128) * Math.exp(-(((i % SIDE) - x) ** 2 + (Math.floor(i / SIDE) - y) ** 2) / (r * r));
    small.fill(change(value, i), 4 * i, 4 * i + 3);
  }
  return fingerprintOf(small, `file ${seed} ${change}`);
}

interface Row {
  print: Fingerprint;
  label?: number;
  split?: number;
  excluded?: boolean;
  size?: [number, number];
}
const columns = (rows: readonly Row[], classes = ['cat', 'dog']): Columns => ({
  classes,
  labels: Int32Array.from(rows, ({ label = 0 }) => label),
  splits: Int8Array.from(rows, ({ split = 0 }) => split),
  excluded: Uint8Array.from(rows, ({ excluded = false }) => Number(excluded)),
  widths: Uint32Array.from(rows, ({ size }) => size?.[0] ?? 300),
  heights: Uint32Array.from(rows, ({ size }) => size?.[1] ?? 200),
  fingerprints: rows.map((row) => row.print),
});
/** So many that no class is small: ids 0 to 39. */
const clean: Row[] = Array.from({ length: 40 }, (_, i) => ({ print: print(i + 1), label: i % 2, split: i % 3 }));
const find = async (extra: readonly Row[], kind?: FindingKind): Promise<Finding[]> => {
  const { findings } = await dataReport(columns([...clean, ...extra]));
  return kind ? findings.filter((finding) => finding.kind === kind) : [...findings];
};
const brief = (findings: readonly Finding[]) =>
  findings.map(({ kind, cases, remedy }) => ({ kind, ids: cases.map(({ ids }) => [...ids]), remedy }));
const exclude = (...ids: number[]) => ({ kind: 'exclude', ids });
const lighter = (value: number) => 0.85 * value + 30;

describe('a data report', () => {
  it('says nothing of a clean set', async () => {
    const report = await dataReport(columns(clean));
    expect(report.findings).toEqual([]);
    expect(report.examined).toBe(40);
  });

  it('tells of copies within a split, exact and near, and leaves one of each', async () => {
    // 0 and 6 are of one class and one split each
    const rows = [{ print: print(1) }, { print: print(1) }, { print: print(7, lighter) }];
    expect(brief(await find(rows))).toEqual([
      { kind: 'exact-duplicates', ids: [[0, 40, 41]], remedy: exclude(40, 41) },
      { kind: 'near-duplicates', ids: [[6, 42]], remedy: exclude(42) },
    ]);
  });

  it('tells of a picture in two splits as leakage and as nothing else; the test example stays', async () => {
    const rows = [
      { print: print(1), split: 2 },
      { print: print(1, lighter), split: 1 },
    ];
    expect(brief(await find(rows))).toEqual([{ kind: 'leakage', ids: [[40, 0, 41]], remedy: exclude(0, 41) }]);
  });

  it('leaves out every picture that has two labels, wherever it is', async () => {
    const rows = [
      { print: print(1), label: 1, split: 2 },
      { print: print(3, lighter), label: 1 },
    ];
    expect(brief(await find(rows))).toEqual([
      {
        kind: 'conflicting-labels',
        ids: [
          [40, 0],
          [2, 41],
        ],
        remedy: exclude(0, 2, 40, 41),
      },
    ]);
  });

  it('counts names that differ in case as one label', async () => {
    const rows = clean.map((row) => ({ ...row, label: 0 }));
    const copies = Array.from({ length: 12 }, (_, i) => ({ print: print(100 + i), label: 1 }));
    const report = await dataReport(columns([...rows, ...copies, { print: print(1), label: 1 }], ['cat', 'Cat ']));
    expect(brief(report.findings)).toEqual([
      { kind: 'exact-duplicates', ids: [[0, 52]], remedy: exclude(52) },
      expect.objectContaining({ kind: 'imbalance' }),
      {
        kind: 'similar-class-names',
        ids: [Array.from({ length: 13 }, (_, i) => 40 + i)],
        remedy: { kind: 'merge-classes', from: [1], into: 0 },
      },
    ]);
    expect(report.findings.at(-1)!.cases[0]!.values).toEqual({ class: 'cat', other: 'Cat ', count: 13 });
  });

  it('does not look at what was left out, and keeps the labelled copy of an unsorted one', async () => {
    expect(await find([{ print: print(1), label: 1, split: 2, excluded: true }])).toEqual([]);
    expect(brief(await find([{ print: print(1), label: NONE, split: NONE }]))).toEqual([
      { kind: 'exact-duplicates', ids: [[0, 40]], remedy: exclude(40) },
    ]);
  });

  it('does not take a mirrored, an inverted or another picture for a copy', async () => {
    const mirrored = print(1);
    const luma = mirrored.luma.map((_, i) => mirrored.luma[i - (i % SIDE) + SIDE - 1 - (i % SIDE)]!);
    const rows = [
      { print: { ...mirrored, file: 'm', luma, hash: perceptualHash(luma) } },
      { print: print(3, (value) => 255 - value) },
    ];
    expect(await find(rows)).toEqual([]);
  });

  it('finds blank pictures, once, and odd sizes', async () => {
    const grey = (value: number) => print(1, (_, i) => value + (i % 3));
    const rows: Row[] = [
      { print: grey(10) },
      { print: grey(10), split: 2, label: 1 },
      { print: print(91), size: [40, 30] },
      { print: print(92), size: [2000, 300] },
      { print: print(93), size: [200, 300] },
      { print: print(94), size: [3000, 2000] },
    ];
    const findings = await find(rows);
    expect(brief(findings)).toEqual([
      { kind: 'blank', ids: [[40], [41]], remedy: exclude(40, 41) },
      { kind: 'odd-size', ids: [[42], [43]], remedy: exclude(42, 43) },
    ]);
    expect(findings[1]!.cases.map(({ values }) => values.reason)).toEqual(['small', 'long']);
    expect(findings[1]!.values).toMatchObject({ count: 2, width: 300, height: 200 });
  });

  it('tells a class that is small for what it is: too small, or far smaller than the others', async () => {
    const of = (label: number, count: number) =>
      Array.from({ length: count }, (_, i) => ({ print: print(1000 * label + i), label }));
    const rows = [...of(1, 30), ...of(2, 30), ...of(3, 14), ...of(4, 4)];
    const { findings } = await dataReport(columns(rows, ['none', 'a', 'b', 'c', 'd']));
    expect(findings.map(({ kind, severity, values }) => [kind, severity, values])).toEqual([
      ['imbalance', 'warning', { count: 1, least: 14, from: 30, to: 30 }],
      ['class-too-small', 'note', { count: 1, need: 10 }],
    ]);
    expect(findings.map(({ cases }) => cases.map(({ values }) => values.class))).toEqual([['c'], ['d']]);
  });
});

it('a name’s key ignores case, blanks and the form of its characters', () => {
  expect(new Set(['Cat', 'cat ', ' CAT', 'ｃａｔ'].map(nameKey)).size).toBe(1);
  expect(nameKey('Cafe\u0301')).toBe(nameKey('café'));
  expect(nameKey('ice_cream')).toBe(nameKey('Ice  Cream'));
  expect(new Set(['cat', 'cats', 'бат', '-1', '1'].map(nameKey)).size).toBe(5);
});

it('counts bits', () => {
  expect([0, 1, 0xffffffff, 0x80000001, 0x0f0f0f0f].map(ones)).toEqual([0, 1, 32, 2, 16]);
});
