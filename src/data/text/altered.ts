import type { Augmentation } from '../../protocol/augmentation.ts';
import { augmentText, textDraw } from './augment.ts';
import type { TextExample } from './messages.ts';
import type { Thesaurus } from './thesaurus.ts';

/** Which change of which example: the same in training and where a person looks at it, whatever stands beside it. */
export interface Draw {
  seed: number;
  /** 0 in the first epoch. */
  view: number;
  id: number;
}

/** An example with words replaced, moved or left out. What a model is to say stays: an answer that is altered would be a wrong one. */
export function altered<E extends TextExample>(
  example: E,
  augmentation: Augmentation,
  { seed, view, id }: Draw,
  thesaurus: Thesaurus,
): E {
  if (!('text' in example)) return example;
  const random = textDraw(seed, view, id);
  const alter = (text: string) => augmentText(text, augmentation, random, thesaurus);
  return {
    ...example,
    text: alter(example.text),
    ...(example.pair === undefined ? {} : { pair: alter(example.pair) }),
  };
}
