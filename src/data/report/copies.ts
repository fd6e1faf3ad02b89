import { NONE } from '../../protocol/dataset.ts';
import { type Columns, examined, type LabelColumns } from './columns.ts';
import { nearPairs } from './pairs.ts';
import { isBlank } from './pictures.ts';
import type { Look } from './same-picture.ts';

/** Which examples are the same. */
export interface Copies {
  /** Ids of equal examples, the one to be kept first; what has no copy is a group of its own. */
  groups: readonly (readonly number[])[];
  /** For each group the places of those that are nearly the same. */
  near: readonly (readonly number[])[];
}

/** Of pictures. Blank ones take no part: nothing tells them apart, and they are told of as blank. */
export function findCopies(columns: Columns, onProgress?: (done: number, total: number) => void): Promise<Copies> {
  const { fingerprints, widths, heights } = columns;
  const keyOf = (id: number) => (isBlank(fingerprints[id]!) ? undefined : fingerprints[id]!.file);
  return gatherCopies(columns, keyOf, (ids) => {
    const looks = ids.map((id): Look => {
      return { print: fingerprints[id]!, side: Math.min(widths[id]!, heights[id]!) };
    });
    return nearPairs(looks, onProgress);
  });
}

/**
 * Examples of one key are equal; those without take no part. `nearPairs` is given the first example of each group and says
 * which of them, by place, are nearly the same.
 */
export async function gatherCopies(
  columns: LabelColumns,
  keyOf: (id: number) => string | undefined,
  nearPairs: (firsts: readonly number[]) => Promise<readonly (readonly [number, number])[]>,
): Promise<Copies> {
  const { labels, splits } = columns;
  const byKey = new Map<string, number[]>();
  for (const id of examined(columns)) {
    const key = keyOf(id);
    if (key === undefined) continue;
    if (!byKey.get(key)?.push(id)) byKey.set(key, [id]);
  }
  // Test before validation before training, and what has a label before what has none.
  const order = (a: number, b: number) =>
    splits[b]! - splits[a]! || Number(labels[a] === NONE) - Number(labels[b] === NONE) || a - b;
  const groups = [...byKey.values()].map((ids) => ids.toSorted(order));
  const near = groups.map((): number[] => []);
  for (const [i, j] of await nearPairs(groups.map(([id]) => id!))) {
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
