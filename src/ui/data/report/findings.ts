import type { ClassSummary, DatasetSummary, Finding } from '@/protocol/dataset.ts';
import type { Problem, ProblemCode } from '@/protocol/problems.ts';

export const sizeOf = ({ counts }: ClassSummary): number => counts.train + counts.validation + counts.test;

/** Classes with less than half as many examples as the middle one. */
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
/** Of a table or an archive, where a row or a file is named: one among many. */
const isOfOneFile = ({ code, values }: Problem): boolean =>
  OF_ONE_FILE.has(code) || values.row !== undefined || code === 'and-more';

/** Files and rows behind problems: those that `and-more` stands for count too. */
export const filesBehind = (problems: readonly Problem[]): number =>
  problems.reduce((sum, { code, values }) => sum + (code === 'and-more' ? Number(values.count) : 1), 0);

export const leftOut = (problems: readonly Problem[]): Problem[] => problems.filter(isOfOneFile);
export const ofTheWhole = (problems: readonly Problem[]): Problem[] =>
  problems.filter((problem) => !isOfOneFile(problem));

/** Every example that a finding is about, once. */
export const idsOf = ({ cases }: Finding): Set<number> => new Set(cases.flatMap(({ ids }) => ids));

/** The classes that a finding names, once each: as its cases say, else those of its examples. */
export function classesOf({ cases }: Finding, { classes, examples }: DatasetSummary): string[] {
  const said = cases.flatMap(({ values }) => [values.class, values.other]).filter((name) => typeof name === 'string');
  const names =
    said.length > 0 ? said : cases.flatMap(({ ids }) => ids.map((id) => classes[examples.labels[id]!]?.name));
  return [...new Set(names.filter((name) => name))] as string[];
}
