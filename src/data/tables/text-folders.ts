import type { DroppedFile } from '../../protocol/dataset.ts';
import { type Problem, ProblemError, warning } from '../../protocol/problems.ts';
import { extensionOf } from '../paths.ts';
import { labelByFolders } from '../readers/folders.ts';
import { decodeText } from '../readers/text.ts';
import { checkSize } from './limits.ts';
import { TABLE_EXTENSIONS } from './read.ts';

/** Bytes of the middle file up to which files are single texts; longer ones are books, of which paragraphs are. */
const TEXT_BYTES = 64 * 1024;
/** Files of a class, on average, from which on folders are classes. */
const FILES = 2;

/** What texts never hold, and files of other kinds do. */
const BINARY = /\0/;

/**
 * Texts in folders that are their classes, one file each, as a table of JSON lines: `train/pos/0_9.txt` is a text of the
 * class `pos` for training. A file that is empty or no text becomes a problem. Undefined where the files do not lie so.
 * Throws `table-too-large`.
 */
export async function tableOfFolders(
  files: readonly DroppedFile[],
  name: string,
): Promise<{ file: DroppedFile; problems: Problem[] } | undefined> {
  if (files.length === 0 || !files.every(({ path }) => TABLE_EXTENSIONS[extensionOf(path)] === 'txt')) return undefined;
  const { labelled, problems: told } = labelByFolders(files.map(({ path }) => path));
  const classes = new Set(labelled.flatMap(({ label }) => label ?? []));
  const sorted = labelled.filter(({ label }) => label !== undefined).length;
  const sizes = files.map(({ file }) => file.size).sort((a, b) => a - b);
  if (classes.size < 2 || sorted < classes.size * FILES || sizes[sizes.length >> 1]! > TEXT_BYTES) return undefined;
  const path = `${name}.jsonl`;
  checkSize(path, { bytes: sizes.reduce((sum, size) => sum + size, 0) });

  // texts outside any folder come in unsorted, which the page says by itself
  const problems = told.filter(({ code }) => code !== 'image-unlabelled');
  const lines: string[] = [];
  for (const { index, label, split } of labelled) {
    const { path, file } = files[index]!;
    const { text } = decodeText(new Uint8Array(await file.arrayBuffer()));
    if (text.trim() === '') problems.push(warning('file-empty', { file: path }));
    else if (BINARY.test(text)) problems.push(warning('table-unreadable', { file: path }));
    else lines.push(JSON.stringify({ text: text.trim(), label: label ?? '', ...(split ? { split } : {}), file: path }));
  }
  if (lines.length === 0) throw new ProblemError('no-texts');
  return { file: { path, file: new Blob([lines.join('\n')]) }, problems };
}
