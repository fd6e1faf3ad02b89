import type { OpenedImages } from '../data/image-dataset.ts';
import { type Columns, dataReport } from '../data/report/index.ts';
import type { DataReport } from '../protocol/dataset.ts';
import type { Studio } from './studio.ts';

/** The open data set as the report looks at it. */
export function columnsOf(dataset: OpenedImages): Columns {
  const { classes, examples } = dataset.summary();
  return {
    ...examples,
    classes: classes.map(({ name }) => name),
    fingerprints: dataset.pieces.map(({ fingerprint }) => fingerprint),
  };
}

/** What is wrong with the open data set as it stands. Throws `no-dataset`. */
export const report = (studio: Studio): Promise<DataReport> =>
  dataReport(columnsOf(studio.openedImages()), studio.progress('report', 'items'));
