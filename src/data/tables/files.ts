import { firstBytes } from '../../lib/first-bytes.ts';
import type { DroppedFile } from '../../protocol/dataset.ts';
import { note, type Problem, warning } from '../../protocol/problems.ts';
import { expand, IMAGE_EXTENSION } from '../files.ts';
import { SNIFF_BYTES, sniffImage } from '../image/sniff.ts';
import { baseName, byText, commonFolder, extensionOf, isHidden, tidyPath, withoutExtension } from '../paths.ts';
import { readDirectory } from '../readers/zip-directory.ts';
import { TABLE_EXTENSIONS } from './read.ts';

/** What lies beside data and tells of it. */
const COMPANION =
  /^(readme|licen[cs]e|copying|notice|citation|changelog|authors|requirements|provenance|package|config|dataset_?infos?|dataset_dict|state|metadata_info)\b/i;
/** Pictures that browsers do not read: who drops them meant pictures. */
const MEANT_AS_IMAGE = /^(hei[cf]|tiff?|svg)$/;

const isTable = (path: string): boolean =>
  (extensionOf(path) in TABLE_EXTENSIONS || extensionOf(path) === 'xls') && !COMPANION.test(baseName(path));
const isImage = (path: string): boolean =>
  IMAGE_EXTENSION.test(extensionOf(path)) || MEANT_AS_IMAGE.test(extensionOf(path));

/**
 * Whether what was dropped is a data set of texts: no picture among it, and a table or a text that is more than a readme.
 * Of zips the directory is read, of files without a known name the first bytes.
 */
export async function isTextDataset(dropped: readonly DroppedFile[]): Promise<boolean> {
  let tables = 0;
  for (const { path, file } of dropped) {
    if (isHidden(tidyPath(path))) continue;
    const names = extensionOf(path) === 'zip' ? ((await readDirectory(file))?.names ?? []) : [path];
    for (const name of names.map(tidyPath).filter((each) => each && !isHidden(each))) {
      if (isImage(name)) return false;
      if (isTable(name)) tables++;
      else if (name === tidyPath(path) && sniffImage(await firstBytes(file, SNIFF_BYTES))) return false;
    }
  }
  return tables > 0;
}

export interface CollectedTables {
  /** Of the folder, the archive or the only file. */
  name: string;
  /** In order of their paths. */
  files: DroppedFile[];
  problems: Problem[];
  /** Files that were looked at; hidden and system files are not counted. */
  filesRead: number;
}

/**
 * The tables and texts in what was dropped, zips unpacked. What describes data is passed over; texts beside tables and
 * files of other kinds are named (`file-left-out`). Throws what `readZip` throws where there is one zip only.
 */
export async function collectTables(dropped: readonly DroppedFile[]): Promise<CollectedTables> {
  const problems: Problem[] = [];
  const { files, name: archive } = await expand(dropped, problems);
  const structured = files.some(({ path }) => isTable(path) && TABLE_EXTENSIONS[extensionOf(path)] !== 'txt');
  const tables: DroppedFile[] = [];
  for (const { path, file, archive: within } of files) {
    const loose = structured && TABLE_EXTENSIONS[extensionOf(path)] === 'txt';
    if (COMPANION.test(baseName(path))) continue;
    if (within && extensionOf(path) === 'zip') problems.push(warning('zip-in-zip', { file: within, entry: path }));
    else if (isTable(path) && !loose) tables.push({ path, file });
    else problems.push(note('file-left-out', { file: path, ...(loose ? { reason: 'beside' } : {}) }));
  }
  tables.sort((a, b) => byText(a.path, b.path));
  const paths = tables.map(({ path }) => path);
  const only = paths.length === 1 ? withoutExtension(baseName(paths[0]!)) : '';
  return {
    name: archive || commonFolder(paths) || only || 'dataset',
    files: tables,
    problems,
    filesRead: files.length,
  };
}
