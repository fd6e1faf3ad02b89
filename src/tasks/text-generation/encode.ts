import type { Tokenizer } from '../../lib/tokenizer.ts';
import type { ChatMessage } from '../../protocol/text.ts';
import type { TemplateId } from './meta.ts';
import { render, renderPrompt, type Segment } from './templates.ts';

/** Ids of a text, and 1 for each that is to be learned; the model sees all but the last and predicts all but the first. */
export interface Encoded {
  ids: readonly number[];
  learned: readonly (0 | 1)[];
}

/** Between texts, and before the first: so that the first token is predicted too. */
export const endToken = ({ special }: Tokenizer): number => special.eos ?? special.bos ?? special.pad ?? 0;

/** The end token, and each segment encoded apart: a prompt has the same ids whether or not an answer follows. */
function layOut(tokenizer: Tokenizer, segments: readonly Segment[], learns: (segment: Segment) => boolean) {
  const end = endToken(tokenizer);
  const ids = [end];
  const learned: (0 | 1)[] = [0];
  for (const segment of segments) {
    const own = tokenizer.encode(segment.text, { special: false }).ids;
    if (segment.ends) own.push(end);
    const learn = learns(segment) ? 1 : 0;
    for (const id of own) {
      ids.push(id);
      learned.push(learn);
    }
  }
  return { ids, learned };
}

/** An example with the end token before and after it. `answerOnly` learns the answers alone, their ends included. */
export function encode(
  tokenizer: Tokenizer,
  messages: readonly ChatMessage[],
  { template, answerOnly, preamble = '' }: { template: TemplateId; answerOnly: boolean; preamble?: string },
): Encoded {
  const segments = [...before(preamble), ...render(messages, template)];
  const { ids, learned } = layOut(
    tokenizer,
    segments,
    ({ answer, text }) => answer || (!answerOnly && text !== preamble),
  );
  if (segments.at(-1)?.ends) return { ids, learned };
  return { ids: [...ids, endToken(tokenizer)], learned: [...learned, learned.at(-1) ?? 0] };
}

/** What a model reads before it writes the next answer: the beginning of the ids of such an example. */
export const encodePrompt = (
  tokenizer: Tokenizer,
  messages: readonly ChatMessage[],
  template: TemplateId,
  preamble = '',
): number[] => layOut(tokenizer, [...before(preamble), ...renderPrompt(messages, template)], () => false).ids;

/** What stands before every text; a question answered only to show how is none that is to be learned. */
const before = (preamble: string): Segment[] => (preamble ? [{ text: preamble, answer: false, ends: false }] : []);

/** Tokens that a preamble takes. */
export const preambleLength = (tokenizer: Tokenizer, preamble: string): number =>
  preamble ? tokenizer.encode(preamble, { special: false }).ids.length : 0;

/** Rows of at most `most` predictions: each text in its own, cut; or one after the other, cut only where a row ends. */
export function rowsOf(texts: readonly Encoded[], most: number, packing: boolean): Encoded[] {
  if (!packing)
    return texts.map(({ ids, learned }) => ({ ids: ids.slice(0, most + 1), learned: learned.slice(0, most + 1) }));
  // one end token lies between two texts: it ends the first and begins the second
  const ids = texts.flatMap((text, i) => (i === 0 ? text.ids : text.ids.slice(1)));
  const learned = texts.flatMap((text, i) => (i === 0 ? text.learned : text.learned.slice(1)));
  const rows: Encoded[] = [];
  // a row begins with the token that the one before it ended with: every token is predicted once
  for (let from = 0; from < ids.length - 1; from += most)
    rows.push({ ids: ids.slice(from, from + most + 1), learned: learned.slice(from, from + most + 1) });
  return rows;
}
