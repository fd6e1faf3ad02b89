import { tidyPath, withoutExtension } from '../paths.ts';

/**
 * Finds pictures that a cell of a table may mean, of a table that lies in `folder`. A cell names a picture by the end of
 * its path (`a.jpg` or `images/a.jpg` for `herbs/images/a.jpg`) or by more of a path than was dropped
 * (`/home/me/herbs/images/a.jpg`): by exact case, else by any case, else with any extension (`0001` for `0001.png`).
 */
export function finder(paths: readonly string[]): (cell: string, folder: string) => readonly number[] {
  const keys: ((path: string) => string)[] = [
    (path) => path,
    (path) => path.toLowerCase(),
    (path) => withoutExtension(path).toLowerCase(),
  ];
  // Built when first needed: most tables match in the first.
  const indexes: SuffixIndex[] = [];
  return (cell, folder) => {
    const wanted = tidyPath(cell);
    for (const [i, key] of keys.entries()) {
      indexes[i] ??= suffixIndex(paths.map(key));
      const written = i === 2 ? wanted.toLowerCase() : key(wanted);
      const found = indexes[i].ends.get(written) ?? longer(indexes[i], written);
      if (found) return meant(found, paths, wanted, folder);
    }
    return [];
  };
}

/** Among pictures with the same ending: the one beside the table, the one of just that path, the one below the table. */
function meant(found: readonly number[], paths: readonly string[], wanted: string, folder: string): readonly number[] {
  if (found.length < 2) return found;
  const within = folder ? `${folder}/` : '';
  const tests: ((path: string) => boolean)[] = [
    (path) => path === within + wanted,
    (path) => path === wanted,
    (path) => path.startsWith(within),
  ];
  for (const test of tests) {
    const these = found.filter((index) => test(paths[index]!));
    if (these.length === 1) return these;
  }
  return found;
}

interface SuffixIndex {
  ends: ReadonlyMap<string, number[]>;
  wholes: ReadonlyMap<string, number[]>;
}

/** Pictures whose whole path is the end of what is written. */
function longer({ wholes }: SuffixIndex, written: string): readonly number[] | undefined {
  for (const end of endsOf(written)) {
    const found = wholes.get(end);
    if (found) return found;
  }
  return undefined;
}

/** `a/b/c`, `b/c`, `c`. */
function* endsOf(path: string): Generator<string> {
  for (let from = 0; ; ) {
    yield path.slice(from);
    const slash = path.indexOf('/', from);
    if (slash < 0) return;
    from = slash + 1;
  }
}

function suffixIndex(paths: readonly string[]): SuffixIndex {
  const ends = new Map<string, number[]>();
  const wholes = new Map<string, number[]>();
  const put = (map: Map<string, number[]>, key: string, index: number) => {
    const known = map.get(key);
    if (known) known.push(index);
    else map.set(key, [index]);
  };
  paths.forEach((path, index) => {
    put(wholes, path, index);
    for (const end of endsOf(path)) put(ends, end, index);
  });
  return { ends, wholes };
}
