import { type Problem, ProblemError, warning } from '../protocol/problems.ts';
import { byText } from './paths.ts';

/** Examples of a class that every split can have one of. */
export const NEED = 3;

/** `9` before `10`; ties and everything else by UTF-16 unit, so that the order is the same on every machine. */
const natural = new Intl.Collator('en', { numeric: true });

/**
 * Classes with at least two examples, in natural order; smaller ones than `NEED` are warned of (`class-too-small`, with
 * `kept` 0 where the class is left out). Throws `one-class` where fewer than two classes stay.
 */
export function usableClasses(labels: readonly string[]): { classes: string[]; problems: Problem[] } {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const names = [...counts.keys()].sort((a, b) => natural.compare(a, b) || byText(a, b));
  const classes = names.filter((name) => counts.get(name)! > 1);
  const problems = names
    .filter((name) => counts.get(name)! < NEED)
    .map((name) => {
      const count = counts.get(name)!;
      return warning('class-too-small', { class: name, count, need: NEED, kept: count > 1 ? 1 : 0 });
    });
  if (classes.length < 2) {
    const name = classes[0] ?? names[0] ?? '';
    throw new ProblemError('one-class', { class: name, count: counts.get(name) ?? 0, classes: names.length });
  }
  return { classes, problems };
}
