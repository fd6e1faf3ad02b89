import { NONE } from '../../protocol/dataset.ts';
import { type Columns, examined } from './columns.ts';
import { nearPairs } from './pairs.ts';
import { isBlank } from './pictures.ts';
import type { Look } from './same-picture.ts';

/** Which pictures are the same. */
export interface Copies {
  /** Ids of equal files, the one to be kept first; a picture without a copy is a group of its own. */
  groups: readonly (readonly number[])[];
  /** For each group the places of those that are nearly the same picture. */
  near: readonly (readonly number[])[];
}

/** Blank pictures take no part: nothing tells them apart, and they are told of as blank. */
export async function findCopies(
  columns: Columns,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<Copies> {
  const { fingerprints, widths, heights, labels, splits } = columns;
  const byFile = new Map<string, number[]>();
  for (const id of examined(columns)) {
    const { file } = fingerprints[id]!;
    if (isBlank(fingerprints[id]!)) continue;
    if (!byFile.get(file)?.push(id)) byFile.set(file, [id]);
  }
  // Test before validation before training, and what has a label before what has none.
  const order = (a: number, b: number) =>
    splits[b]! - splits[a]! || Number(labels[a] === NONE) - Number(labels[b] === NONE) || a - b;
  const groups = [...byFile.values()].map((ids) => ids.toSorted(order));
  const looks = groups.map(([id]): Look => {
    return { print: fingerprints[id!]!, side: Math.min(widths[id!]!, heights[id!]!) };
  });
  const near = groups.map((): number[] => []);
  for (const [i, j] of await nearPairs(looks, onProgress)) {
    near[i]!.push(j);
    near[j]!.push(i);
  }
  return { groups, near };
}

/** Sets of the given groups that hang together by being nearly the same. */
export function connected({ near }: Copies, groups: ReadonlySet<number>): number[][] {
  const seen = new Set<number>();
  const sets: number[][] = [];
  for (const first of groups) {
    if (seen.has(first)) continue;
    const set = [first];
    seen.add(first);
    for (const group of set)
      for (const other of near[group]!) {
        if (seen.has(other) || !groups.has(other)) continue;
        seen.add(other);
        set.push(other);
      }
    sets.push(set);
  }
  return sets;
}
