import { note, type Problem } from '../protocol/problems.ts';
import { extensionOf, withoutExtension } from './paths.ts';

/**
 * Paths without repetition: the second `a/1.jpg` becomes `a/1 (2).jpg`. Files of one name come from several places picked
 * at once, or twice from one archive; which of them is meant nobody can say, so all are kept and told (`same-path`).
 */
export function setApart(paths: readonly string[]): { paths: string[]; problems: Problem[] } {
  const taken = new Set(paths);
  const seen = new Set<string>();
  const problems: Problem[] = [];
  const apart = paths.map((path) => {
    if (!seen.has(path)) {
      seen.add(path);
      return path;
    }
    const other = free(path, taken);
    taken.add(other);
    problems.push(note('same-path', { file: path, name: other }));
    return other;
  });
  return { paths: apart, problems };
}

function free(path: string, taken: ReadonlySet<string>): string {
  const extension = extensionOf(path);
  const stem = withoutExtension(path);
  for (let n = 2; ; n++) {
    const name = extension ? `${stem} (${n})${path.slice(stem.length)}` : `${path} (${n})`;
    if (!taken.has(name)) return name;
  }
}
