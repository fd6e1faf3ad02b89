import type { Split } from '../../protocol/dataset.ts';
import { type Problem, warning } from '../../protocol/problems.ts';
import { partsOf } from '../paths.ts';
import { splitNamed } from './csv.ts';

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
    if (!shared || !inside.some((path) => path.includes('/'))) return { name, paths: rest };
    if (!splitNamed(top) || !name) name = top;
    rest = inside;
  }
}

/**
 * Labels from folders: the first one below the folder that holds everything is the class, or the second where the first
 * are `train`, `validation` and `test`. Pictures outside any folder are told together (`image-unlabelled`).
 */
export function labelByFolders(paths: readonly string[]): { labelled: Labelled[]; problems: Problem[] } {
  const inner = stripTop(paths).paths;
  const split = namesSplits(inner);
  const labelled: Labelled[] = [];
  const loose: string[] = [];
  inner.forEach((path, index) => {
    const parts = partsOf(path);
    const given = split ? splitNamed(parts[0]!) : null;
    const [label] = given ? parts.slice(1, -1) : parts.slice(0, -1);
    if (label === undefined) loose.push(paths[index]!);
    labelled.push({ index, label, ...(given ? { split: given } : {}) });
  });
  const problems = loose.length ? [warning('image-unlabelled', { file: loose[0]!, count: loose.length })] : [];
  return { labelled, problems };
}

/** Two split folders or more, nothing but them, and class folders within: `test` alone may be a class. */
function namesSplits(paths: readonly string[]): boolean {
  const folders = paths.map(partsOf).filter((parts) => parts.length > 1);
  const found = new Set(folders.map((parts) => splitNamed(parts[0]!)));
  return found.size > 1 && !found.has(null) && folders.some((parts) => parts.length > 2);
}
