import type { ExampleTable, PictureExamples } from '../../protocol/dataset.ts';
import type { Fingerprint } from './fingerprint.ts';

/** What every report is made from, whatever the examples are: one entry by example, as they stand now. */
export interface LabelColumns extends Pick<ExampleTable, 'labels' | 'splits' | 'excluded'> {
  classes: readonly string[];
}

/** What the report on pictures is made from. */
export interface Columns extends LabelColumns, Pick<PictureExamples, 'widths' | 'heights'> {
  fingerprints: readonly Fingerprint[];
}

/** Ids of the examples that are looked at: all but those that a person left out. Unsorted ones are. */
export const examined = ({ labels, excluded }: Pick<LabelColumns, 'labels' | 'excluded'>): number[] =>
  Array.from(labels, (_, id) => id).filter((id) => !excluded[id]);

/** Examined examples of each class. */
export function membersOf(columns: LabelColumns): number[][] {
  const members = columns.classes.map((): number[] => []);
  for (const id of examined(columns)) members[columns.labels[id]!]?.push(id);
  return members;
}
