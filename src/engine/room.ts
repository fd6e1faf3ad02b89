import type { Method } from '../nn/core.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { Processor, TextProcessor } from '../tasks/processor.ts';
import type { LoadedModel } from './model.ts';

/** Tokens that a text must be left: what the tasks' shortest `maxLength` is. */
const LEAST = 8;

/** What was made of a text is remembered by its processor: a method's must be the same one each time. */
const narrowed = new WeakMap<Processor, Map<number, TextProcessor>>();

/** The model as a method leaves it that takes positions of its context. Throws `prompt-no-room`. */
export function withRoom<M extends Pick<LoadedModel, 'processor'>>(model: M, { room = 0 }: Pick<Method, 'room'>): M {
  const { processor } = model;
  if (room === 0 || processor.kind !== 'text') return model;
  const left = processor.maxLength - room;
  if (left < LEAST)
    throw new ProblemError('prompt-no-room', {
      tokens: room,
      context: processor.maxLength,
      left: Math.max(0, left),
      most: Math.max(0, processor.maxLength - LEAST),
    });
  const known = narrowed.get(processor) ?? new Map<number, TextProcessor>();
  narrowed.set(processor, known);
  const own = known.get(room) ?? { ...processor, maxLength: left };
  known.set(room, own);
  return { ...model, processor: own };
}
