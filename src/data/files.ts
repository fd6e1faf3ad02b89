import { firstBytes } from '../lib/first-bytes.ts';
import { mapPool } from '../lib/pool.ts';
import type { DroppedFile, GroupColumn, Split } from '../protocol/dataset.ts';
import { note, type Problem, ProblemError, warning } from '../protocol/problems.ts';
import { briefly } from './briefly.ts';
import { isZip, SNIFF_BYTES, sniffImage, sniffOther } from './image/sniff.ts';
import { baseName, byText, commonFolder, extensionOf, isHidden, tidyPath, withoutExtension } from './paths.ts';
import type { LabelTable } from './readers/columns.ts';
import { readCsv } from './readers/csv.ts';
import { stripTop } from './readers/folders.ts';
import { readJsonl } from './readers/jsonl.ts';
import { labelPictures } from './readers/labels.ts';
import { readZip } from './readers/zip.ts';
import { setApart } from './same-paths.ts';

/** A picture that was found, with what it shows; not looked into yet where its name says what it is. */
export interface LabelledFile {
  path: string;
  blob: Blob;
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
 * Finds pictures and their labels in what was dropped: folders, zips, or pictures beside a table (CSV, TSV, JSON lines).
 * Of a file that is called a picture nothing is read; of others the first bytes. What cannot be used becomes a problem; a picture that nothing labels comes
 * without a label. Throws `no-images`, or what is wrong with the zips where they are the reason.
 */
export async function collectImages(dropped: readonly DroppedFile[]): Promise<Collected> {
  const problems: Problem[] = [];
  const { files, name: archive } = await expand(dropped, problems);
  const found = await sortOut(files, problems);
  if (!found.images.length) throw nothing(files.length, problems);
  found.images.sort((a, b) => byText(a.path, b.path));

  const paths = found.images.map((image) => image.path);
  const tables = await readTables(found.tables, problems);
  const { labels, groups, problems: unclear } = labelPictures(paths, tables);
  const apart = setApart(paths);
  problems.push(...unclear, ...apart.problems);

  return {
    name: stripTop(paths).name || archive || commonFolder(paths) || 'dataset',
    images: found.images.map((image, index) => ({ ...image, path: apart.paths[index]!, ...labels[index]! })),
    groups,
    problems: briefly(problems),
    filesRead: files.length,
  };
}

/** A file, and the zip that it came out of. */
export interface FoundFile extends DroppedFile {
  archive?: string;
}

/**
 * Zips give way to their contents. A single one adds no folder; among other files each becomes a folder, and one that
 * cannot be read is told beside the rest.
 */
export async function expand(
  dropped: readonly DroppedFile[],
  problems: Problem[],
): Promise<{ files: FoundFile[]; name: string }> {
  const visible = dropped
    .map(({ path, file }) => ({ path: tidyPath(path), file }))
    .filter(({ path }) => path && !isHidden(path));
  const files: FoundFile[] = [];
  const only = visible.length === 1;
  for (const { path, file } of visible) {
    if (extensionOf(path) !== 'zip' && (WORKBOOK.test(extensionOf(path)) || !(only && isZip(await head(file))))) {
      files.push({ path, file });
      continue;
    }
    const contents = await readZip(file, path).catch((error: unknown) => {
      if (only || !(error instanceof ProblemError)) throw error;
      return { files: [], problems: [warning(error.problem.code, error.problem.values)] };
    });
    problems.push(...contents.problems);
    const folder = only ? '' : `${withoutExtension(path)}/`;
    for (const entry of contents.files) files.push({ path: folder + entry.path, file: entry.file, archive: path });
  }
  return { files, name: only ? withoutExtension(baseName(visible[0]!.path)) : '' };
}

/** Zips too, but nobody means what is in them. */
const WORKBOOK = /^xls[xmb]$/;

type Found = Pick<LabelledFile, 'path' | 'blob'>;

const TABLES: Record<string, typeof readCsv> = { csv: readCsv, tsv: readCsv, jsonl: readJsonl, ndjson: readJsonl };

/** What browsers decode; decoding tells of those that are something else. */
export const IMAGE_EXTENSION = /^(jpe?g|jfif|png|gif|webp|bmp|avif)$/;

/**
 * Tells pictures, tables and the rest apart, by their names where these say it: ten thousand files are opened once, when
 * they are decoded. The rest becomes problems.
 */
async function sortOut(
  files: readonly FoundFile[],
  problems: Problem[],
): Promise<{ images: Found[]; tables: DroppedFile[] }> {
  const images: Found[] = [];
  const tables: DroppedFile[] = [];
  const unknown = ({ path, file }: FoundFile) =>
    file.size > 0 && !IMAGE_EXTENSION.test(extensionOf(path)) && !(extensionOf(path) in TABLES);
  const heads = await mapPool(files, 16, async (each) => (unknown(each) ? head(each.file) : null));
  for (const [index, { path, file, archive }] of files.entries()) {
    const bytes = heads[index]!;
    if (file.size === 0) problems.push(warning('file-empty', { file: path }));
    else if (extensionOf(path) in TABLES) tables.push({ path, file });
    else if (!bytes || sniffImage(bytes)) images.push({ path, blob: file });
    else if (archive && extensionOf(path) === 'zip') {
      problems.push(warning('zip-in-zip', { file: archive, entry: path }));
    } else problems.push(notImage(path, bytes));
  }
  return { images, tables };
}

const head = (file: Blob): Promise<Uint8Array> => firstBytes(file, SNIFF_BYTES);

/** A readme among the pictures is worth a note; what claims or was meant to be a picture, a warning. */
function notImage(path: string, bytes: Uint8Array): Problem {
  const reason = sniffOther(bytes);
  const meant = /^(hei[cf]|tiff?|svg)$/.test(extensionOf(path)) || reason === 'heic' || reason === 'tiff';
  return (meant ? warning : note)('file-not-image', { file: path, reason });
}

/** Why there is no picture at all: a zip that could not be read, or what was meant to be one. */
function nothing(filesRead: number, problems: readonly Problem[]): ProblemError {
  const zip = problems.find(({ code }) => code.startsWith('zip-') && code !== 'zip-entry-outside');
  if (zip) return new ProblemError(zip.code, zip.values);
  if (filesRead === 0) return new ProblemError('no-images', { filesRead, reason: 'empty' });
  const meant = problems.find(({ severity }) => severity === 'warning');
  const reason = meant ? (meant.code === 'file-empty' ? 'zero' : meant.values.reason) : undefined;
  return new ProblemError('no-images', {
    filesRead,
    ...(meant && reason ? { file: meant.values.file ?? '', reason } : {}),
  });
}

async function readTables(files: readonly DroppedFile[], problems: Problem[]): Promise<LabelTable[]> {
  const tables: LabelTable[] = [];
  for (const { path, file } of files) {
    const read = TABLES[extensionOf(path)]!(new Uint8Array(await file.arrayBuffer()), path);
    problems.push(...read.problems);
    if (read.table) tables.push(read.table);
  }
  return tables;
}
