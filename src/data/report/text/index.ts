import { FINDING_KINDS, type Finding, NONE, UNLABELLED } from '../../../protocol/dataset.ts';
import type { Copies } from '../copies.ts';
import { duplicateFindings } from '../duplicates.ts';
import { nameFindings } from '../names.ts';
import { sizeFindings } from '../sizes.ts';
import type { TextColumns } from './columns.ts';
import { findTextCopies } from './copies.ts';
import { languageFindings } from './language.ts';
import { lengthFindings } from './lengths.ts';

export type { Coverage, TextColumns } from './columns.ts';

/** Everything that is looked for in texts, as `SEARCHES` of the report on pictures. */
const SEARCHES: readonly ((columns: TextColumns, copies: Copies) => Finding[])[] = [
  duplicateFindings,
  lengthFindings,
  languageFindings,
  sizeFindings,
  nameFindings,
];

/** What is wrong with a set of texts as it stands: nothing where it is clean. Lets messages run while it searches. */
export async function textReport(
  given: TextColumns,
  onProgress?: (done: number, total: number) => void,
): Promise<Finding[]> {
  const columns = given.classes.every((name) => name === UNLABELLED) ? unlabelled(given) : given;
  const copies = await findTextCopies(columns, onProgress);
  const place = ({ kind }: Finding) => FINDING_KINDS.indexOf(kind);
  return SEARCHES.flatMap((search) => search(columns, copies)).sort((a, b) => place(a) - place(b));
}

const unlabelled = (columns: TextColumns): TextColumns => ({
  ...columns,
  classes: [],
  labels: new Int32Array(columns.labels.length).fill(NONE),
});
