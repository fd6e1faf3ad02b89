import type { TextDataset } from '../../data/text-dataset.ts';
import type { OptionValues } from '../../protocol/options.ts';
import type { Writing } from '../engine.ts';
import type { TextProcessor } from '../processor.ts';
import { design } from './design.ts';
import { encodePrompt, endToken } from './encode.ts';
import { messagesOf } from './examples.ts';
import { answered, words } from './label-words.ts';
import type { TemplateId } from './meta.ts';
import { edgesOf, isText } from './templates.ts';
import { continued, windows } from './windows.ts';

/** Characters of a text alone that are shown, and that are to be guessed, at most. */
const BEGINNING = 160;
const REST = 240;
/** Tokens of an answer: twice as many as the given one has, as what goes on longer is wrong already; and at most so many. */
const enough = (tokens: number): number => Math.min(128, 2 * tokens + 8);

/** Where the first part of a text ends: before the blank that is nearest to its middle. */
function beginningOf(text: string): number {
  const middle = Math.min(BEGINNING, Math.floor(text.length / 2));
  const blank = text.slice(0, middle + 1).search(/\s\S*$/u);
  if (blank > 0) return blank;
  // not within a character that takes two places
  return /[\uDC00-\uDFFF]/.test(text[middle] ?? '') ? middle - 1 : middle;
}

const how = ({ template, preamble = '' }: OptionValues) => [template as TemplateId, String(preamble)] as const;

export const writing: Writing<TextDataset, TextProcessor> = {
  settle(dataset, options) {
    const [first] = dataset.ids('train');
    return first !== undefined && isText(messagesOf(dataset, first)) ? { ...options, template: 'plain' } : options;
  },

  prompt: (messages, { tokenizer }, options) => encodePrompt(tokenizer, messages, ...how(options)),

  design,

  exercise(dataset, id, { tokenizer }, options) {
    const messages = messagesOf(dataset, id);
    const count = (text: string) => tokenizer.encode(text, { special: false }).ids.length;
    if (!isText(messages)) {
      const last = messages.findLastIndex(({ role }) => role === 'assistant');
      const asked = messages.slice(0, last);
      const expected = messages[last]!.content;
      return {
        prompt: asked.map(({ content }) => content).join('\n'),
        ids: encodePrompt(tokenizer, asked, ...how(options)),
        expected,
        most: enough(count(expected)),
      };
    }
    const text = messages.map(({ content }) => content).join('');
    const end = beginningOf(text);
    const prompt = text.slice(0, end);
    const expected = text.slice(end, end + REST);
    return {
      prompt,
      ids: encodePrompt(tokenizer, [{ role: 'user', content: prompt }], 'plain', how(options)[1]),
      expected,
      most: count(expected),
    };
  },

  words,
  answered,
  windows,
  continued,

  edges({ tokenizer }, { template }) {
    const { lead, close } = edgesOf(template as TemplateId);
    const closing = close ? tokenizer.id(close) : undefined;
    return {
      ends: new Set([endToken(tokenizer), ...(closing === undefined ? [] : [closing])]),
      stops: close ? [close] : [],
      lead,
    };
  },
};
