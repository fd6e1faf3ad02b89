import { type DataReport, FINDING_KINDS, type Finding } from '../../protocol/dataset.ts';
import { type Columns, examined } from './columns.ts';
import { type Copies, findCopies } from './copies.ts';
import { duplicateFindings } from './duplicates.ts';
import { nameFindings } from './names.ts';
import { pictureFindings } from './pictures.ts';
import { sizeFindings } from './sizes.ts';

export type { Columns } from './columns.ts';

/** Everything that is looked for. A new kind of finding is a function here and a name in `FINDING_KINDS`. */
const SEARCHES: readonly ((columns: Columns, copies: Copies) => Finding[])[] = [
  duplicateFindings,
  pictureFindings,
  sizeFindings,
  nameFindings,
];

/**
 * What is wrong with a data set as it stands: nothing where it is clean. Lets messages run while it searches. Files that do
 * not open are not told of here: reading has done so.
 */
export async function dataReport(
  columns: Columns,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<DataReport> {
  const started = performance.now();
  const copies = await findCopies(columns, onProgress);
  const place = ({ kind }: Finding) => FINDING_KINDS.indexOf(kind);
  const findings = SEARCHES.flatMap((search) => search(columns, copies)).sort((a, b) => place(a) - place(b));
  return { findings, examined: examined(columns).length, ms: performance.now() - started };
}
