import type { OpenedDataset } from '../data/dataset.ts';
import { type Columns, dataReport } from '../data/report/index.ts';
import type { DataReport } from '../protocol/dataset.ts';
import type { Studio } from './studio.ts';

/** The open data set as the report looks at it. */
export function columnsOf(dataset: OpenedDataset): Columns {
  const { classes, examples } = dataset.summary();
  return {
    ...examples,
    classes: classes.map(({ name }) => name),
    fingerprints: dataset.examples.map(({ fingerprint }) => fingerprint),
  };
}

/** What is wrong with the open data set as it stands. Throws `no-dataset`. */
export const report = (studio: Studio): Promise<DataReport> =>
  dataReport(columnsOf(studio.opened()), studio.progress('report', 'items'));
