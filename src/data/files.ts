import { mapPool } from '../lib/pool.ts';
import type { DroppedFile, GroupColumn, Split } from '../protocol/dataset.ts';
import { note, type Problem, ProblemError, warning } from '../protocol/problems.ts';
import { type ImageType, isZip, SNIFF_BYTES, sniffImage, sniffOther } from './image/sniff.ts';
import { baseName, byText, extensionOf, isHidden, tidyPath, withoutExtension } from './paths.ts';
import { type CsvTable, readCsv } from './readers/csv.ts';
import { labelByTables } from './readers/csv-labels.ts';
import { type Labelled, labelByFolders, stripTop } from './readers/folders.ts';
import { readZip } from './readers/zip.ts';

/** A picture that was found, with what it shows; not decoded yet. */
export interface LabelledFile {
  path: string;
  blob: Blob;
  type: ImageType;
  /** Undefined where nothing says what it shows. */
  label: string | undefined;
  /** Where folders or a table named it. */
  split?: Split;
}

export interface Collected {
  name: string;
  /** By path, in an order that does not depend on how the files were dropped. */
  images: LabelledFile[];
  /** Other columns of the tables; entries belong to `images`. */
  groups: GroupColumn[];
  problems: Problem[];
  /** Files that were looked at; hidden and system files are not counted. */
  filesRead: number;
}

/**
 * Finds pictures and their labels in what was dropped: folders, zips, or pictures beside a CSV. Reads the first bytes
 * of each file only. What cannot be used becomes a problem; a picture that nothing labels comes without a label. Throws
 * `no-images` and what `readZip` throws.
 */
export async function collectImages(dropped: readonly DroppedFile[]): Promise<Collected> {
  const problems: Problem[] = [];
  const { files, name: archive } = await expand(dropped, problems);
  const found = await sortOut(files, problems);
  if (!found.images.length) throw new ProblemError('no-images', { filesRead: files.length });
  found.images.sort((a, b) => byText(a.path, b.path));

  const paths = found.images.map((image) => image.path);
  const tables = await readTables(found.tables, problems);
  const labels = tables.length ? labelByTables(paths, tables) : labelByFolders(paths);
  problems.push(...labels.problems);

  return {
    name: stripTop(paths).name || archive || 'dataset',
    images: inOrder(labels.labelled).map(({ index, ...label }) => ({ ...found.images[index]!, ...label })),
    groups: [],
    problems,
    filesRead: files.length,
  };
}

const inOrder = (labelled: readonly Labelled[]) => [...labelled].sort((a, b) => a.index - b.index);

/** Zips give way to their contents. A single one adds no folder; among other files each becomes a folder. */
async function expand(
  dropped: readonly DroppedFile[],
  problems: Problem[],
): Promise<{ files: DroppedFile[]; name: string }> {
  const visible = dropped
    .map(({ path, file }) => ({ path: tidyPath(path), file }))
    .filter(({ path }) => path && !isHidden(path));
  const files: DroppedFile[] = [];
  const only = visible.length === 1;
  for (const { path, file } of visible) {
    if (extensionOf(path) !== 'zip' && !(only && isZip(await head(file)))) {
      files.push({ path, file });
      continue;
    }
    const contents = await readZip(file, path);
    problems.push(...contents.problems);
    const folder = only ? '' : `${withoutExtension(path)}/`;
    for (const entry of contents.files) files.push({ path: folder + entry.path, file: entry.file });
  }
  return { files, name: only ? withoutExtension(baseName(visible[0]!.path)) : '' };
}

type Found = { path: string; blob: Blob; type: ImageType };

/** Tells pictures, tables and the rest apart by content; the rest becomes problems. */
async function sortOut(
  files: readonly DroppedFile[],
  problems: Problem[],
): Promise<{ images: Found[]; tables: DroppedFile[] }> {
  const images: Found[] = [];
  const tables: DroppedFile[] = [];
  const heads = await mapPool(files, 16, ({ file }) => head(file));
  for (const [index, { path, file }] of files.entries()) {
    if (file.size === 0) {
      problems.push(warning('file-empty', { file: path }));
      continue;
    }
    const bytes = heads[index]!;
    const type = sniffImage(bytes);
    if (type) images.push({ path, blob: file, type });
    else if (['csv', 'tsv'].includes(extensionOf(path))) tables.push({ path, file });
    else problems.push(notImage(path, bytes));
  }
  return { images, tables };
}

const head = async (file: Blob): Promise<Uint8Array> => new Uint8Array(await file.slice(0, SNIFF_BYTES).arrayBuffer());

const IMAGE_EXTENSION = /^(jpe?g|jfif|png|gif|webp|bmp|avif|hei[cf]|tiff?|svg)$/;

/** A readme among the pictures is worth a note; what claims or was meant to be a picture, a warning. */
function notImage(path: string, bytes: Uint8Array): Problem {
  const found = sniffOther(bytes);
  const meant = IMAGE_EXTENSION.test(extensionOf(path)) || found === 'heic' || found === 'tiff';
  return (meant ? warning : note)('file-not-image', { file: path, found });
}

async function readTables(
  files: readonly DroppedFile[],
  problems: Problem[],
): Promise<{ name: string; table: CsvTable }[]> {
  const tables: { name: string; table: CsvTable }[] = [];
  for (const { path, file } of files) {
    const read = readCsv(new Uint8Array(await file.arrayBuffer()), path);
    problems.push(...read.problems);
    if (read.table) tables.push({ name: path, table: read.table });
  }
  return tables;
}
