import { type ClassSummary, NONE, SPLITS, type Split, type SplitSettings } from '../protocol/dataset.ts';
import { type Problem, warning } from '../protocol/problems.ts';
import type { Sorting } from './edits.ts';
import { byText } from './paths.ts';

/** Examples of a class that every split can have one of. */
export const NEED = 3;
/** Examples below which a class takes no part: one to train on, one to watch. */
export const LEAST = 2;

/** `9` before `10`; ties and everything else by UTF-16 unit, so that the order is the same on every machine. */
const natural = new Intl.Collator('en', { numeric: true });

/** The names that occur, in natural order. */
export const classNames = (labels: readonly (string | undefined)[]): string[] =>
  [...new Set(labels.filter((label) => label !== undefined))].sort((a, b) => natural.compare(a, b) || byText(a, b));

/**
 * What a run would lack: fewer than `least` classes (`one-class`), classes that are too small (`class-too-small`, with `kept`
 * 0 where the class takes no part), and splits that a class has none of although it should, as given splits may.
 */
export function classProblems(
  classes: readonly ClassSummary[],
  sizes: readonly number[],
  settings: SplitSettings,
  least = 2,
): Problem[] {
  const problems: Problem[] = [];
  const usable = classes.filter((one) => one.usable);
  const named = sizes.some((size) => size > 0);
  if (usable.length < least && named) {
    const [only] = usable;
    const count = only ? sizes[classes.indexOf(only)]! : Math.max(...sizes);
    problems.push(warning('one-class', { class: (only ?? classes[0]!).name, count, classes: classes.length }));
  }
  const wanted: Split[] = SPLITS.filter((split) => split === 'train' || settings[split] > 0);
  classes.forEach(({ name, counts }, label) => {
    const size = sizes[label]!;
    if (size > 0 && size < NEED)
      problems.push(warning('class-too-small', { class: name, count: size, need: NEED, kept: size < LEAST ? 0 : 1 }));
    if (size < NEED) return;
    for (const split of wanted)
      if (counts[split] === 0) problems.push(warning('split-too-small', { class: name, split, count: 0 }));
  });
  return problems;
}

/** The drawn splits of what takes part; `NONE` for the rest. */
export function splitsInUse({ classes, labels, excluded, splits }: Sorting & { splits: Int8Array }): Int8Array {
  const sizes = sizesOf(classes.length, labels, excluded);
  return splits.map((split, id) =>
    labels[id] !== NONE && !excluded[id] && sizes[labels[id]!]! >= LEAST ? split : NONE,
  );
}

/** Each class with its examples in the splits that are in use, and the sizes without what was left out. */
export function countClasses(
  { classes: names, labels, excluded }: Sorting,
  splits: Int8Array,
): { classes: ClassSummary[]; sizes: number[] } {
  const sizes = sizesOf(names.length, labels, excluded);
  const classes = names.map((name, label) => {
    return { name, counts: { train: 0, validation: 0, test: 0 }, excluded: 0, usable: sizes[label]! >= LEAST };
  });
  labels.forEach((label, id) => {
    if (label === NONE) return;
    if (excluded[id]) classes[label]!.excluded++;
    const split = SPLITS[splits[id]!];
    if (split) classes[label]!.counts[split]++;
  });
  return { classes, sizes };
}

/** Examples of each class that were not left out. */
function sizesOf(classes: number, labels: Int32Array, excluded: Uint8Array): number[] {
  const sizes = new Array<number>(classes).fill(0);
  labels.forEach((label, id) => {
    if (label !== NONE && !excluded[id]) sizes[label]!++;
  });
  return sizes;
}
