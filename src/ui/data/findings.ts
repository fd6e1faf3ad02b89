import type { ClassSummary, DatasetSummary } from '@/protocol/dataset.ts';
import type { Problem, ProblemCode } from '@/protocol/problems.ts';

export const sizeOf = ({ counts }: ClassSummary): number => counts.train + counts.validation + counts.test;

/** Classes with less than half as many pictures as the middle one. */
export function smallClasses({ classes }: Pick<DatasetSummary, 'classes'>): string[] {
  const sizes = classes.map(sizeOf).sort((a, b) => a - b);
  const middle = sizes[Math.floor(sizes.length / 2)] ?? 0;
  return classes.filter((summary) => sizeOf(summary) * 2 < middle).map(({ name }) => name);
}

/** Problems that are about one file or row that is not in use; the others are about the whole. */
const OF_ONE_FILE: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'image-unreadable',
  'file-empty',
  'file-not-image',
  'csv-ragged-row',
  'csv-file-missing',
  'csv-label-empty',
  'csv-row-repeated',
]);

export const leftOut = (problems: readonly Problem[]): Problem[] =>
  problems.filter(({ code }) => OF_ONE_FILE.has(code));
export const ofTheWhole = (problems: readonly Problem[]): Problem[] =>
  problems.filter(({ code }) => !OF_ONE_FILE.has(code));
