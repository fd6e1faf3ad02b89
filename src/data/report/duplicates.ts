import { type Finding, type FindingCase, type FindingKind, NONE } from '../../protocol/dataset.ts';
import type { LabelColumns } from './columns.ts';
import { type Copies, connected } from './copies.ts';
import { nameKey } from './names.ts';

/**
 * What is wrong with examples that are there more than once. Each is told once, by what does most harm: other labels on
 * it, then that it is in two splits, then that it is a copy, exact or near.
 */
export function duplicateFindings(columns: LabelColumns, copies: Copies): Finding[] {
  const open = new Set(copies.groups.keys());
  return [conflicts(columns, copies, open), leakage(columns, copies, open), ...plainCopies(copies, open)].filter(
    (finding) => finding.cases.length > 0,
  );
}

/** The same example under two labels: nobody but a person knows which is right. All of them are left out. */
function conflicts({ labels, classes }: LabelColumns, copies: Copies, open: Set<number>): Finding {
  // Names that differ by case or blanks alone are one class, which is told elsewhere.
  const key = classes.map(nameKey);
  const labelled = (group: number) => copies.groups[group]!.filter((id) => labels[id] !== NONE);
  const named = copies.groups.map((_, group) => new Set(labelled(group).map((id) => key[labels[id]!]!)));
  const differ = (group: number, others: readonly number[]) =>
    named[group]!.size > 0 && new Set([group, ...others].flatMap((other) => [...named[other]!])).size > 1;
  const found = take(copies, open, differ);
  const cases = found.map((set) => caseOf(copies, set, labelled));
  return finding('conflicting-labels', 'warning', cases, idsOf(cases));
}

/**
 * The same example in two splits: what is learned by heart looks as if it were understood. The test example stays, then the
 * one in validation, so that the figures of other runs stay comparable.
 */
function leakage({ splits }: LabelColumns, copies: Copies, open: Set<number>): Finding {
  const taking = (group: number) => copies.groups[group]!.filter((id) => splits[id] !== NONE);
  const inSplits = copies.groups.map((_, group) => taking(group).map((id) => splits[id]!));
  const best = (group: number) => Math.max(NONE, ...inSplits[group]!);
  const differ = (group: number, others: readonly number[]) =>
    inSplits[group]!.length > 0 && new Set([group, ...others].flatMap((other) => inSplits[other]!)).size > 1;
  const found = take(copies, open, differ);
  const cases = found.map((set) => caseOf(copies, set, taking));
  const leaving = found.flatMap((set) => {
    const within = new Set(set);
    return set.flatMap((group) => {
      const top = Math.max(best(group), ...copies.near[group]!.filter((other) => within.has(other)).map(best));
      return taking(group).filter((id) => splits[id]! < top);
    });
  });
  return finding('leakage', 'warning', cases, leaving);
}

/** Copies within one split, or not sorted yet: they only weigh more than others. One of them stays. */
function plainCopies(copies: Copies, open: Set<number>): Finding[] {
  const found = take(copies, open, (group, near) => near.length > 0 || copies.groups[group]!.length > 1);
  const of = (kind: 'exact-duplicates' | 'near-duplicates') => {
    const sets = found.filter((set) => (set.length > 1 ? 'near-duplicates' : 'exact-duplicates') === kind);
    const cases = sets.map((set) => caseOf(copies, set));
    return finding(
      kind,
      'note',
      cases,
      sets.flatMap((set) => surplus(copies, set)),
    );
  };
  return [of('exact-duplicates'), of('near-duplicates')];
}

/** All but the first of each group, and the first too where it is nearly the same as one that stays. */
function surplus({ groups, near }: Copies, set: readonly number[]): number[] {
  const stay = new Set<number>();
  return set.flatMap((group) => {
    const repeats = near[group]!.some((other) => stay.has(other));
    if (!repeats) stay.add(group);
    return groups[group]!.slice(repeats ? 0 : 1);
  });
}

/** Takes the groups that `fits` out of `open` and gives them by sets that hang together. `near` are open groups. */
function take(
  copies: Copies,
  open: Set<number>,
  fits: (group: number, near: readonly number[]) => boolean,
): number[][] {
  const chosen = new Set(
    [...open].filter((group) =>
      fits(
        group,
        copies.near[group]!.filter((other) => open.has(other)),
      ),
    ),
  );
  for (const group of chosen) open.delete(group);
  return connected(copies, chosen);
}

function caseOf(
  { groups }: Copies,
  set: readonly number[],
  idsOfGroup: (group: number) => readonly number[] = (group) => groups[group]!,
): FindingCase {
  const ids = set.flatMap(idsOfGroup);
  return { ids, values: { copies: ids.length, exact: Number(set.length === 1) } };
}

const idsOf = (cases: readonly FindingCase[]): number[] => cases.flatMap(({ ids }) => ids);

function finding(
  kind: FindingKind,
  severity: Finding['severity'],
  cases: readonly FindingCase[],
  leaving: readonly number[],
): Finding {
  const ids = [...leaving].sort((a, b) => a - b);
  const values = { count: cases.length, pictures: idsOf(cases).length, leaving: ids.length };
  return { kind, severity, cases, values, ...(ids.length > 0 ? { remedy: { kind: 'exclude', ids } } : {}) };
}
