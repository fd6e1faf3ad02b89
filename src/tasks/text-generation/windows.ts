import type { Continued, Window } from '../engine.ts';
import type { TextProcessor } from '../processor.ts';
import { endToken, rowsOf } from './encode.ts';
import { inputs, targets } from './rows.ts';

/** A text after the end token, in windows as long as the model takes that do not overlap. */
export function windows(text: string, { tokenizer, maxLength }: TextProcessor): Window[] {
  const ids = [endToken(tokenizer), ...tokenizer.encode(text, { special: false }).ids];
  const learned = ids.map((_, i) => (i === 0 ? 0 : 1) as 0 | 1);
  const size = (some: readonly number[]) => new TextEncoder().encode(tokenizer.decode(some)).length;
  return rowsOf([{ ids, learned }], maxLength, true).map((row) => {
    const predicted = row.ids.slice(1);
    return { ids: row.ids, tokens: predicted.length, bytes: size(predicted) };
  });
}

/** Windows as one batch, each of their tokens but the first a target. */
export function continued(some: readonly Window[], { tokenizer, maxLength }: TextProcessor): Continued {
  const rows = some.map(({ ids }) => ({ ids, learned: ids.map((_, i) => (i === 0 ? 0 : 1) as 0 | 1) }));
  const { batch, count } = targets(rows, maxLength, 0);
  const bytes = some.reduce((sum, window) => sum + window.bytes, 0);
  return { inputs: inputs(rows, tokenizer, maxLength), continued: { targets: batch, tokens: count, bytes } };
}
