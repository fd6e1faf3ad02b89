import type { ExampleTable } from '../../protocol/dataset.ts';
import type { Fingerprint } from './fingerprint.ts';

/** What the report is made from: examples by column, as they stand now. */
export interface Columns extends Pick<ExampleTable, 'labels' | 'splits' | 'excluded' | 'widths' | 'heights'> {
  classes: readonly string[];
  fingerprints: readonly Fingerprint[];
}

/** Ids of the examples that are looked at: all but those that a person left out. Unsorted ones are. */
export const examined = ({ labels, excluded }: Pick<Columns, 'labels' | 'excluded'>): number[] =>
  Array.from(labels, (_, id) => id).filter((id) => !excluded[id]);

/** Examined examples of each class. */
export function membersOf(columns: Columns): number[][] {
  const members = columns.classes.map((): number[] => []);
  for (const id of examined(columns)) members[columns.labels[id]!]?.push(id);
  return members;
}

/** The middle value, the higher of two; 0 of none. */
export const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
