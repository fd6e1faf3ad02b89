import type { Dataset } from '../data/opened-dataset.ts';
import { breathe } from '../lib/breathe.ts';
import type { TextProcessor } from './processor.ts';

/** Milliseconds of work between two pauses in which messages are heard. */
const SLICE_MS = 30;

/** Of each processor and the examples that it has read last: they outlive a source, as many are made of one data set. */
const kept = new WeakMap<TextProcessor, { origin: object; key: string; encoded: Map<number, unknown> }>();

/** Examples of a data set as numbers, each made when it is first asked for and kept. `key` says what they depend on beside. */
export function encodings<E>(
  { origin }: Dataset,
  processor: TextProcessor,
  key: string,
  encode: (id: number) => E,
): (id: number) => E {
  let known = kept.get(processor);
  if (known?.origin !== origin || known.key !== key) {
    known = { origin, key, encoded: new Map() };
    kept.set(processor, known);
  }
  const encoded = known.encoded as Map<number, E>;
  return (id) => {
    const before = encoded.get(id);
    if (before !== undefined) return before;
    const made = encode(id);
    encoded.set(id, made);
    return made;
  };
}

/** Calls `encode` for every id, with pauses: what else the worker is asked for goes on meanwhile. */
export async function encodeAll(
  ids: readonly number[],
  encode: (id: number) => unknown,
  onDone: (done: number) => void | Promise<void>,
): Promise<void> {
  let since = performance.now();
  for (const [i, id] of ids.entries()) {
    encode(id);
    if (performance.now() - since < SLICE_MS) continue;
    await onDone(i + 1);
    await breathe();
    since = performance.now();
  }
  await onDone(ids.length);
}
