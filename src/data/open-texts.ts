import type { DroppedFile, SplitSettings } from '../protocol/dataset.ts';
import { type Problem, ProblemError, warning } from '../protocol/problems.ts';
import type { TableReading, TextMapping } from '../protocol/text.ts';
import { briefly } from './briefly.ts';
import type { Piece } from './opened-dataset.ts';
import { setApart } from './same-paths.ts';
import { collectTables } from './tables/files.ts';
import { guessMapping } from './tables/mapping.ts';
import { readTable } from './tables/read.ts';
import type { TextTable } from './tables/table.ts';
import { tableOfFolders } from './tables/text-folders.ts';
import { findTexts } from './text/examples.ts';
import { type OpenedTexts, type TextOptions, textsOf } from './text-dataset.ts';

type Readings = Readonly<Record<string, Partial<TableReading>>>;

export interface ReadTextsOptions {
  /** Bytes of the tables that were read, and in all. */
  onBytes?(done: number, total: number): void;
  /** How a person says that files are to be read, by path; guessed otherwise. */
  readings?: Readings | undefined;
}

export interface OpenTextsOptions extends ReadTextsOptions {
  id: string;
  split: SplitSettings;
  /** What a person says that the columns are; guessed otherwise. */
  mapping?: TextMapping | undefined;
}

/**
 * Reads the tables among what was dropped as one data set. A file that cannot be read becomes a problem beside the others.
 * Throws `no-texts`, what is wrong with the file where there is only one, and what `findTexts` throws of a mapping that was
 * given; where the guessed label column has too many values, the texts come unlabelled and a problem says why.
 */
export async function openTexts(files: readonly DroppedFile[], o: OpenTextsOptions): Promise<OpenedTexts> {
  const started = performance.now();
  const { tables, sources, name, problems, filesRead } = await readTables(files, o);
  const options = { id: o.id, name, split: o.split, problems, filesRead, started };
  if (o.mapping) return textsOf(tables, sources, { ...options, mapping: o.mapping });
  return guessed(tables, sources, options);
}

async function guessed(
  tables: readonly TextTable[],
  sources: readonly Piece[],
  o: Omit<TextOptions, 'mapping'>,
): Promise<OpenedTexts> {
  const mapping = mappingOf(tables);
  try {
    return await textsOf(tables, sources, { ...o, mapping });
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problem.code !== 'labels-too-many') throw error;
    const { label: _, ...columns } = mapping.columns;
    const problems = [...o.problems, warning('labels-too-many', error.problem.values)];
    return textsOf(tables, sources, { ...o, problems, mapping: { ...mapping, columns } });
  }
}

/** Of all tables; where that finds no labels, of the largest that has them: a test set may come without. */
function mappingOf(tables: readonly TextTable[]): TextMapping {
  const all = guessMapping(tables);
  if (all.layout !== 'plain' || tables.length === 1) return all;
  const largest = tables.toSorted((a, b) => b.rows.length - a.rows.length);
  return largest.map((table) => guessMapping([table])).find(({ layout }) => layout !== 'plain') ?? all;
}

/** The same files again, read or understood in another way: a new data set. Throws as `openTexts`. */
export function remapTexts(before: OpenedTexts, o: OpenTextsOptions): Promise<OpenedTexts> {
  const { state, pieces } = before;
  const readings = Object.fromEntries(
    Object.entries(state.readings).map(([path, reading]) => [path, readAnew(reading, o.readings?.[path] ?? {})]),
  );
  const files = pieces.map(({ path, blob }) => ({ path, file: blob }));
  return reread(files, { ...o, readings }, o.mapping ? undefined : state.mapping, state.name);
}

/** Another encoding has the delimiter and the header guessed again, another delimiter the header. */
function readAnew(before: TableReading, to: Partial<TableReading>): Partial<TableReading> {
  const { encoding, delimiter } = { ...before, ...to };
  if (encoding !== before.encoding) return to;
  return delimiter === before.delimiter ? { ...before, ...to } : { encoding, ...to };
}

/** `usual` is kept where the columns still have these names. */
async function reread(
  files: readonly DroppedFile[],
  o: OpenTextsOptions,
  usual: TextMapping | undefined,
  name: string,
): Promise<OpenedTexts> {
  const started = performance.now();
  const { tables, sources, problems, filesRead } = await readTables(files, o);
  const options = { id: o.id, name, split: o.split, problems, filesRead, started };
  const names = new Set(tables.flatMap(({ columns }) => columns));
  const kept = usual && Object.values(usual.columns).every((column) => names.has(column)) ? usual : undefined;
  const mapping = o.mapping ?? kept;
  return mapping ? textsOf(tables, sources, { ...options, mapping }) : guessed(tables, sources, options);
}

/**
 * Puts the rows of further tables with the same columns beside the texts that are open. Throws `column-missing` where none
 * has them, `no-texts`, and what reading throws.
 */
export async function addTexts(
  dataset: OpenedTexts,
  files: readonly DroppedFile[],
  o: ReadTextsOptions,
): Promise<void> {
  const taken = dataset.pieces.map(({ path }) => path);
  const { tables, sources, problems, filesRead } = await readTables(files, o, taken);
  const found = await findTexts(tables, dataset.state.mapping);
  dataset.add(tables, found, sources, { problems, filesRead });
}

/** Every table that can be read, none called as one of `taken`. Throws `no-texts`, or what is wrong with the only file. */
async function readTables(
  dropped: readonly DroppedFile[],
  { onBytes = () => {}, readings = {} }: ReadTextsOptions,
  taken: readonly string[] = [],
) {
  const { name, files: found, problems: beside, filesRead } = await collectTables(dropped);
  const folders = await tableOfFolders(found, name);
  const files = folders ? [folders.file] : found;
  const problems: Problem[] = [...beside, ...(folders?.problems ?? [])];
  const apart = setApart([...taken, ...files.map(({ path }) => path)]);
  problems.push(...apart.problems);
  const total = files.reduce((sum, { file }) => sum + file.size, 0);
  const tables: TextTable[] = [];
  const sources: Piece[] = [];
  let before = 0;
  for (const [i, { file }] of files.entries()) {
    const path = apart.paths[taken.length + i]!;
    onBytes(before, total);
    const options = {
      ...(readings[path] ? { reading: readings[path] } : {}),
      onProgress: (done: number, of: number) => onBytes(before + (file.size * done) / Math.max(1, of), total),
    };
    try {
      tables.push(await readTable(file, path, options));
      sources.push({ path, blob: file, thumbnail: new Blob() });
    } catch (error) {
      if (!(error instanceof ProblemError) || files.length === 1) throw error;
      problems.push(warning(error.problem.code, error.problem.values));
    }
    before += file.size;
  }
  onBytes(total, total);
  if (!tables.some(({ rows }) => rows.length > 0)) {
    const told = [...problems, ...tables.flatMap((table) => table.problems)];
    throw nothing(told);
  }
  return { tables, sources, name, problems: briefly(problems), filesRead };
}

/** The first thing that went wrong, where something did: then no other file is in use either. */
function nothing(problems: readonly Problem[]): ProblemError {
  const failed = problems.find(({ severity }) => severity === 'warning');
  return failed ? new ProblemError(failed.code, { reason: 'alone', ...failed.values }) : new ProblemError('no-texts');
}
