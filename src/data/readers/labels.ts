import type { GroupColumn, Split } from '../../protocol/dataset.ts';
import { note, type Problem } from '../../protocol/problems.ts';
import { type LabelTable, noColumns } from './columns.ts';
import { type Labelled, labelByFolders, splitsByFolders } from './folders.ts';
import { type GuessedTable, guessLabels } from './guess-labels.ts';
import { groupsOf, labelsOf, matchRows, unlisted } from './table-labels.ts';

/** What is known of one picture besides its path. */
export interface PictureLabel {
  label: string | undefined;
  split?: Split;
}

export interface PictureLabels {
  /** By picture. */
  labels: PictureLabel[];
  groups: GroupColumn[];
  problems: Problem[];
}

/**
 * What pictures show, by tables where they name labels, else by folders; other columns of the tables become groups. Where
 * neither tells two classes apart, a column that may well hold the labels is taken for them (`csv-label-guessed`).
 */
export function labelPictures(paths: readonly string[], tables: readonly LabelTable[]): PictureLabels {
  const named = byTables(paths, tables);
  if (named.found) return named;
  const folders = labelByFolders(paths);
  const labels = withSplits(paths, folders.labelled);
  const told = { ...named, labels, problems: [...named.problems, ...folders.problems] };
  const unlabelled = tables.filter((table) => !table.labelled);
  if (!unlabelled.length || new Set(labels.map(({ label }) => label)).size > 1) return told;

  const guesses = unlabelled.map(guessLabels).filter((guess): guess is GuessedTable => guess !== null);
  const guessed = byTables(paths, [...tables.filter((table) => table.labelled), ...guesses]);
  if (guessed.found) {
    const notes = guesses.map(({ name, labelColumn }) =>
      note('csv-label-guessed', { file: name, column: labelColumn }),
    );
    return { ...guessed, problems: [...notes, ...guessed.problems] };
  }
  const missing = unlabelled.map(({ name, fileColumn, others }) => noColumns(name, [fileColumn, ...others]));
  return { ...told, problems: [...missing, ...told.problems] };
}

/** `found` is false where no row gives a picture a label. */
function byTables(paths: readonly string[], tables: readonly LabelTable[]): PictureLabels & { found: boolean } {
  const { matches, mentioned, problems } = matchRows(paths, tables);
  const labelled = labelsOf(matches);
  const found = labelled.some(({ label }) => label !== undefined);
  return {
    found,
    labels: withSplits(paths, labelled),
    groups: groupsOf(paths.length, matches),
    problems: found ? [...problems, ...unlisted(paths, mentioned)] : problems,
  };
}

/** By picture; folders name the split where nothing else does. */
function withSplits(paths: readonly string[], labelled: readonly Labelled[]): PictureLabel[] {
  const labels = splitsByFolders(paths).map(
    (split): PictureLabel => ({ label: undefined, ...(split ? { split } : {}) }),
  );
  for (const { index, ...known } of labelled) labels[index] = { ...labels[index]!, ...known };
  return labels;
}
