import { Turns } from '../../../lib/turns.ts';
import { type Copies, gatherCopies } from '../copies.ts';
import { nameKey } from '../names.ts';
import type { TextColumns } from './columns.ts';
import { nearTexts } from './near-texts.ts';
import { textKey } from './normal.ts';

/**
 * Least share of common pieces where the labels differ: one word may turn a sentence into its contrary, so that two which
 * differ by it are examples of their own.
 */
export const NEAR_OTHER_LABEL = 0.9;

/** Empty texts take no part: they are told of as empty. */
export async function findTextCopies(
  columns: TextColumns,
  onProgress?: (done: number, total: number) => void,
): Promise<Copies> {
  const { texts, labels, classes } = columns;
  const names = classes.map(nameKey);
  const keys = await keysOf(texts);
  const sameLabel = (a: number, b: number) => names[labels[a]!] === names[labels[b]!];
  return gatherCopies(
    columns,
    (id) => keys[id] || undefined,
    async (ids) => {
      const pairs = await nearTexts(
        ids.map((id) => keys[id]!),
        onProgress,
      );
      return pairs
        .filter(({ i, j, similarity }) => similarity >= NEAR_OTHER_LABEL || sameLabel(ids[i]!, ids[j]!))
        .map(({ i, j }) => [i, j] as const);
    },
  );
}

async function keysOf(texts: readonly string[]): Promise<string[]> {
  const turns = new Turns();
  const keys: string[] = [];
  for (const text of texts) {
    keys.push(textKey(text));
    await turns.next();
  }
  return keys;
}
