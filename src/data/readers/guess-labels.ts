import type { LabelTable } from './columns.ts';

export interface GuessedTable extends LabelTable {
  /** Header of the column that was taken for the labels. */
  labelColumn: string;
}

/** Rows of a value, in the mean, from which on a column looks as if it named classes. */
const ROWS_OF_A_CLASS = 2;

/**
 * A table without a label column (`image,breed`), with the one column for labels whose values repeat; null where no
 * column does, or several.
 */
export function guessLabels(table: LabelTable): GuessedTable | null {
  const candidates = table.others.flatMap((_, column) => {
    const cells = table.rows.flatMap(({ others }) => others[column] || []);
    const values = new Set(cells).size;
    return values > 1 && cells.length >= values * ROWS_OF_A_CLASS ? [column] : [];
  });
  const [column] = candidates;
  if (column === undefined || candidates.length > 1) return null;
  return {
    ...table,
    labelled: true,
    labelColumn: table.others[column]!,
    others: table.others.toSpliced(column, 1),
    rows: table.rows.map(({ others, ...row }) => ({
      ...row,
      ...(others[column] ? { label: others[column] } : {}),
      others: others.toSpliced(column, 1),
    })),
  };
}
