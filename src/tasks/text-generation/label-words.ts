import type { TextDataset } from '../../data/text-dataset.ts';
import type { Writing } from '../engine.ts';
import type { TextProcessor } from '../processor.ts';
import { encode } from './encode.ts';
import { answerOf, messagesOf } from './examples.ts';
import type { TemplateId } from './meta.ts';
import { inputs, targets } from './rows.ts';
import { isText } from './templates.ts';

/** More answers than these are not words to choose from. */
const MOST = 20;

type TextWriting = Writing<TextDataset, TextProcessor>;

/** A text that is to be continued has no answer; answers that seldom come again are no words of classes. */
export const words: TextWriting['words'] = (dataset, ids) => {
  const found = new Set<string>();
  for (const id of ids) {
    const messages = messagesOf(dataset, id);
    if (isText(messages)) return undefined;
    found.add(answerOf(messages));
    if (found.size > MOST) return undefined;
  }
  return found.size > 1 && 2 * found.size <= ids.length ? [...found].sort() : undefined;
};

export const answered: TextWriting['answered'] = (dataset, id, among, { tokenizer, maxLength }, options) => {
  const messages = messagesOf(dataset, id);
  const last = messages.findLastIndex(({ role }) => role === 'assistant');
  const how = { template: options.template as TemplateId, answerOnly: true, preamble: String(options.preamble ?? '') };
  const rows = among.map((content) =>
    encode(tokenizer, [...messages.slice(0, last), { role: 'assistant', content }], how),
  );
  // a prompt that is too long loses its beginning: all words follow the same end of it
  const cut = rows.map(({ ids, learned }) => {
    const over = Math.max(0, ids.length - 1 - maxLength);
    return over === 0 ? { ids, learned } : { ids: ids.slice(over), learned: learned.slice(over) };
  });
  return { inputs: inputs(cut, tokenizer, maxLength), targets: targets(cut, maxLength, 0).batch };
};
