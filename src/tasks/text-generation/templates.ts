import type { ChatMessage } from '../../protocol/text.ts';
import type { TemplateId } from './meta.ts';

/** A part of the text that a model reads, encoded apart from the others. */
export interface Segment {
  text: string;
  /** What is to be learned. */
  answer: boolean;
  /** The model's end token comes after it. */
  ends: boolean;
}

interface Template {
  /** What is said to the model. */
  turn(message: ChatMessage): string;
  /** Before an answer. */
  open: string;
  /** First of an answer: a blank belongs to the word that follows it, in byte-level BPE. */
  lead: string;
  /** Last of an answer; where it is empty the model's end token is. */
  close: string;
  /** Between an answer and what is said next. */
  between: string;
}

const TEMPLATES: Readonly<Record<TemplateId, Template>> = {
  /** One text after the other, as it stands. */
  plain: { turn: ({ content }) => content, open: '', lead: '', close: '', between: '' },
  /** Plain words that any tokenizer knows. */
  dialogue: {
    turn: ({ role, content }) => `${role === 'system' ? '' : 'Question: '}${content.trim()}\n`,
    open: 'Answer:',
    lead: ' ',
    close: '',
    between: '\n',
  },
  /** Taori et al. 2023, without the sentence that introduces it: a small model has no room for that. */
  alpaca: {
    turn: ({ role, content }) => `${role === 'system' ? '' : '### Instruction:\n'}${content.trim()}\n\n`,
    open: '### Response:\n',
    lead: '',
    close: '',
    between: '\n\n',
  },
  /** OpenAI's ChatML, as Hugging Face chat templates write it. */
  chatml: {
    turn: ({ role, content }) => `<|im_start|>${role}\n${content.trim()}<|im_end|>\n`,
    open: '<|im_start|>assistant\n',
    lead: '',
    close: '<|im_end|>',
    between: '\n',
  },
  /** A token for each role and one that ends a turn, as Tiny GPT's tokenizer has them. */
  turns: {
    turn: ({ role, content }) => `<|${role}|>${content.trim()}<|end|>`,
    open: '<|assistant|>',
    lead: '',
    close: '<|end|>',
    between: '',
  },
};

/** A text alone, without a question, is plain whatever the template. */
export const isText = (messages: readonly ChatMessage[]): boolean => messages.every(({ role }) => role === 'assistant');

const templateOf = (messages: readonly ChatMessage[], id: TemplateId): Template =>
  TEMPLATES[isText(messages) ? 'plain' : id];

/**
 * Messages as text: what is said to the model between two answers is one segment, so that a tokenizer which is given a
 * prompt as a whole makes the same of it.
 */
export function render(messages: readonly ChatMessage[], id: TemplateId): Segment[] {
  const template = templateOf(messages, id);
  const { segments, said } = turns(messages, template);
  const open = messages.at(-1)?.role !== 'assistant' && said !== '';
  return open ? [...segments, { text: said, answer: false, ends: false }] : segments;
}

/** What comes before the answer that is to be written; answers that are there already stay, but for one at the end. */
export function renderPrompt(messages: readonly ChatMessage[], id: TemplateId): Segment[] {
  const template = templateOf(messages, id);
  const before = messages.at(-1)?.role === 'assistant' ? messages.slice(0, -1) : messages;
  const { segments, said } = turns(before, template);
  const text = said + template.open;
  return text === '' ? segments : [...segments, { text, answer: false, ends: false }];
}

/** Segments up to the last answer, and what is said after it. */
function turns(messages: readonly ChatMessage[], template: Template): { segments: Segment[]; said: string } {
  const segments: Segment[] = [];
  let said = '';
  for (const message of messages) {
    if (message.role !== 'assistant') {
      said += template.turn(message);
      continue;
    }
    const before = said + template.open;
    if (before !== '') segments.push({ text: before, answer: false, ends: false });
    segments.push({ text: answerOf(message, template), answer: true, ends: template.close === '' });
    said = template.between;
  }
  return { segments, said };
}

function answerOf({ content }: ChatMessage, template: Template): string {
  const text = template === TEMPLATES.plain ? content : content.trim();
  return template.lead + text + template.close;
}

/** The text that an answer begins with and that is none of it, and the one that ends it beside the model's end token. */
export function edgesOf(id: TemplateId): { lead: string; close: string } {
  const { lead, close } = TEMPLATES[id];
  return { lead, close };
}
