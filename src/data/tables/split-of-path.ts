import type { Split } from '../../protocol/dataset.ts';
import { baseName, folderOf, partsOf, withoutExtension } from '../paths.ts';
import { splitNamed } from '../readers/columns.ts';

/**
 * The split that a file's name or else its folder says, as Hugging Face reads them: `train.csv`, `imdb_test.jsonl`,
 * `validation-00000-of-00001.parquet`, `data/test/part.csv`. A name that says two (`train_test.csv`) says none.
 */
export function splitOfPath(path: string): Split | undefined {
  const named = new Set(
    withoutExtension(baseName(path))
      .split(/[^\p{L}]+/u)
      .flatMap((word) => splitNamed(word) ?? []),
  );
  if (named.size === 1) return [...named][0];
  if (named.size > 1) return undefined;
  return partsOf(folderOf(path))
    .reverse()
    .flatMap((folder) => splitNamed(folder) ?? [])[0];
}
