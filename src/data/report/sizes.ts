import type { Finding } from '../../protocol/dataset.ts';
import { NEED } from '../classes.ts';
import { type LabelColumns, membersOf } from './columns.ts';
import { median } from './spread.ts';

/** Examples of a class below which its figures say next to nothing: one or two of them are in the test set. */
const FEW = 10;

/** Classes with too few examples, and classes with less than half as many as the middle one. Each is told once. */
export function sizeFindings(columns: LabelColumns): Finding[] {
  const members = membersOf(columns);
  const filled = [...members.keys()].filter((label) => members[label]!.length > 0);
  const sizes = filled.map((label) => members[label]!.length);
  const middle = median(sizes);
  const small = filled.filter((label) => members[label]!.length < FEW);
  const few = filled.filter((label) => !small.includes(label) && 2 * members[label]!.length < middle);
  const cases = (labels: readonly number[]) =>
    labels.map((label) => ({
      ids: members[label]!,
      values: { class: columns.classes[label]!, count: members[label]!.length },
    }));
  const others = sizes.filter((size) => 2 * size >= middle);
  const tooSmall: Finding = {
    kind: 'class-too-small',
    severity: small.some((label) => members[label]!.length < NEED) ? 'warning' : 'note',
    cases: cases(small),
    values: { count: small.length, need: FEW },
  };
  const imbalance: Finding = {
    kind: 'imbalance',
    severity: 'warning',
    cases: cases(few),
    values: {
      count: few.length,
      least: Math.min(...few.map((label) => members[label]!.length)),
      from: Math.min(...others),
      to: Math.max(...others),
    },
  };
  return [imbalance, tooSmall].filter((finding) => finding.cases.length > 0);
}
