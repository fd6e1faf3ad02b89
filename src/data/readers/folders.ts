import type { Split } from '../../protocol/dataset.ts';
import { note, type Problem, warning } from '../../protocol/problems.ts';
import { partsOf } from '../paths.ts';
import { splitNamed } from './columns.ts';

/** A picture, by its place in the list that was asked about, and what it shows. */
export interface Labelled {
  index: number;
  label: string | undefined;
  split?: Split;
}

/**
 * The folder that holds everything, and the paths without it. Nested ones go too (`data/herbs/basil/1.jpg`), as long as
 * a picture is left with a folder of its own, which is its class. `name` is the innermost that is no split's name.
 */
export function stripTop(paths: readonly string[]): { name: string; paths: readonly string[] } {
  let name = '';
  let rest = paths;
  for (;;) {
    const top = rest[0]?.split('/', 1)[0] ?? '';
    const inside = rest.map((path) => path.slice(top.length + 1));
    const shared = rest.length > 0 && rest.every((path) => path.startsWith(`${top}/`));
    if (!shared || !hasFolders(inside)) return { name, paths: rest };
    if (!splitNamed(top) || !name) name = top;
    rest = inside;
  }
}

/** Several folders, or one with most of the pictures: a single small one among many pictures (`old/`) says nothing. */
function hasFolders(paths: readonly string[]): boolean {
  const folders = paths.filter((path) => path.includes('/')).map((path) => path.split('/', 1)[0]!);
  return new Set(folders).size > 1 || (folders.length > 0 && folders.length * 2 >= paths.length);
}

/** The folders of each picture below the one that holds everything, and the split that the first of them names. */
function placesOf(paths: readonly string[]): { folders: readonly string[]; split: Split | null }[] {
  const places = stripTop(paths).paths.map((path) => partsOf(path).slice(0, -1));
  const found = new Set(places.filter(([first]) => first !== undefined).map(([first]) => splitNamed(first!)));
  // Two or more of them and nothing else: `test` alone may be a class.
  const named = found.size > 1 && !found.has(null);
  return places.map((folders) => {
    const split = named && folders.length ? splitNamed(folders[0]!) : null;
    return { folders: split ? folders.slice(1) : folders, split };
  });
}

/** The split that folders name for each picture. */
export const splitsByFolders = (paths: readonly string[]): (Split | null)[] =>
  placesOf(paths).map(({ split }) => split);

/**
 * Labels from folders: the first one below the folder that holds everything, or below `train`, `validation` and `test`,
 * is the class; where that makes one class only and an inner folder several, the inner one is (`folders-nested` tells
 * where that could be seen otherwise). Pictures outside any class folder are told together (`image-unlabelled`).
 */
export function labelByFolders(paths: readonly string[]): { labelled: Labelled[]; problems: Problem[] } {
  const places = placesOf(paths);
  const level = levelOf(places.map(({ folders }) => folders));
  const loose: string[] = [];
  const labelled = places.map(({ folders, split }, index): Labelled => {
    const label = folders[level];
    if (label === undefined) loose.push(paths[index]!);
    return { index, label, ...(split ? { split } : {}) };
  });
  const problems: Problem[] = [];
  const nested = nestedNote(
    paths,
    places.map(({ folders }) => folders),
    level,
  );
  if (nested) problems.push(nested);
  if (loose.length) problems.push(unlabelled(loose[0]!, loose.length, paths.length));
  return { labelled, problems };
}

/** Nothing but unsorted pictures is a way to begin; some among others were perhaps forgotten. */
export const unlabelled = (file: string, count: number, of: number): Problem =>
  count === of
    ? note('image-unlabelled', { file, count, reason: 'all' })
    : warning('image-unlabelled', { file, count });

/** Which of the nested folders is the class: the outermost that tells several apart, if most pictures lie so deep. */
function levelOf(folders: readonly (readonly string[])[]): number {
  const within = folders.filter(({ length }) => length > 0).length;
  for (let level = 0; ; level++) {
    const names = folders.flatMap((parts) => parts[level] ?? []);
    if (names.length === 0 || names.length * 2 < within) return 0;
    if (new Set(names).size > 1) return level;
  }
}

/** Where folders lie in folders and another choice would have made other classes. */
function nestedNote(paths: readonly string[], folders: readonly (readonly string[])[], level: number): Problem | null {
  const deeper = new Set(folders.flatMap((parts) => parts[level + 1] ?? []));
  if (level === 0 && deeper.size < 2) return null;
  const example = folders.findIndex((parts) => parts.length > (level > 0 ? level : 1));
  const values = { file: paths[example]!, class: folders[example]![level]!, reason: level > 0 ? 'inner' : 'outer' };
  return note('folders-nested', values);
}
