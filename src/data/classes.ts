import { type ClassSummary, SPLITS, type Split, type SplitSettings } from '../protocol/dataset.ts';
import { type Problem, warning } from '../protocol/problems.ts';
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
