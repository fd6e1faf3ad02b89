import type { Finding } from '../../protocol/dataset.ts';
import { type LabelColumns, membersOf } from './columns.ts';

/** Equal for names that differ in case, blanks, underscores or the form of their characters alone (Unicode NFKC). */
export const nameKey = (name: string): string =>
  name
    .normalize('NFKC')
    .toLowerCase()
    // A letter may gain a composed form by losing its case.
    .normalize('NFKC')
    .replace(/[\s_]+/g, '');

/** Classes that are most probably one, written in two ways; a finding for each. They become the largest of them. */
export function nameFindings(columns: LabelColumns): Finding[] {
  const byKey = new Map<string, number[]>();
  columns.classes.forEach((name, label) => {
    if (!byKey.get(nameKey(name))?.push(label)) byKey.set(nameKey(name), [label]);
  });
  const members = membersOf(columns);
  return [...byKey.values()]
    .filter((labels) => labels.length > 1)
    .map((labels): Finding => {
      const size = (label: number) => members[label]!.length;
      const [into, ...from] = labels.toSorted((a, b) => size(b) - size(a) || a - b) as [number, ...number[]];
      const name = columns.classes[into]!;
      return {
        kind: 'similar-class-names',
        severity: 'warning',
        cases: from.map((label) => ({
          ids: members[label]!,
          values: { class: name, other: columns.classes[label]!, count: size(label) },
        })),
        values: { count: labels.length, class: name },
        remedy: { kind: 'merge-classes', from, into },
      };
    });
}
