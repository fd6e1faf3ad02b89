import type { TextDataset } from '../../data/text-dataset.ts';
import { seedOf, shuffled } from '../../lib/random.ts';
import type { OptionValues } from '../../protocol/options.ts';
import { ProblemError } from '../../protocol/problems.ts';
import type { Writing } from '../engine.ts';
import type { TextProcessor } from '../processor.ts';
import { preambleLength } from './encode.ts';
import { messagesOf } from './examples.ts';
import type { TemplateId } from './meta.ts';
import { render } from './templates.ts';

/** Tokens that a question and its answer must be left. */
const LEAST = 8;

/** Training examples in an order drawn from the seed, one of each class after the other. */
function drawn(dataset: TextDataset, ids: readonly number[], seed: number): number[] {
  const byClass = new Map<number, number[]>();
  for (const place of shuffled(ids.length, seedOf(seed, 0, 'demonstrations'))) {
    const id = ids[place]!;
    const label = dataset.label(id);
    byClass.set(label, [...(byClass.get(label) ?? []), id]);
  }
  const lists = [...byClass.values()];
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, i) => lists.flatMap((list) => list[i] ?? [])).flat();
}

/**
 * An instruction and solved examples of the training split, as the template writes them: what stands before every question.
 * Throws `examples-no-room` where a question has no room left.
 */
export const design: NonNullable<Writing<TextDataset, TextProcessor>['design']> = (
  dataset,
  ids,
  { shots, instruction, seed },
  { tokenizer, maxLength },
  { template }: OptionValues,
) => {
  const chosen = drawn(dataset, ids, seed).slice(0, shots);
  const shown = chosen.map((id) =>
    render(messagesOf(dataset, id), template as TemplateId)
      .map(({ text }) => text)
      .join(''),
  );
  const preamble = [instruction.trim(), ...shown]
    .filter(Boolean)
    .map((part) => `${part}\n`)
    .join('');
  const tokens = preambleLength(tokenizer, preamble);
  if (tokens + LEAST > maxLength)
    throw new ProblemError('examples-no-room', { shots: chosen.length, tokens, context: maxLength });
  return preamble;
};
