import type { ChatMessage } from '../../protocol/text.ts';
import type { TemplateId } from './meta.ts';

/** A part of the text that a model reads; `answer` where it is to be learned. */
export interface Segment {
  text: string;
  answer: boolean;
}

type Render = (messages: readonly ChatMessage[]) => Segment[];

/** Messages as text, and `open`: what comes before an answer that is still to be written. `end` closes every answer. */
const TEMPLATES: Readonly<Record<TemplateId, { render: Render; open: string; end: string }>> = {
  /** One text after the other, as it stands. */
  plain: {
    render: (messages) => messages.map(({ role, content }) => ({ text: content, answer: role === 'assistant' })),
    open: '',
    end: '',
  },
  /** Plain words that any tokenizer knows. */
  dialogue: {
    render: (messages) =>
      messages.flatMap(({ role, content }): Segment[] =>
        role === 'assistant'
          ? [
              { text: 'Answer: ', answer: false },
              { text: content, answer: true },
            ]
          : [{ text: `${role === 'system' ? '' : 'Question: '}${content}\n`, answer: false }],
      ),
    open: 'Answer: ',
    end: '\n',
  },
  /** Taori et al. 2023. */
  alpaca: {
    render: (messages) =>
      messages.flatMap(({ role, content }): Segment[] =>
        role === 'assistant'
          ? [
              { text: '### Response:\n', answer: false },
              { text: content, answer: true },
            ]
          : [{ text: role === 'system' ? `${content}\n\n` : `### Instruction:\n${content}\n\n`, answer: false }],
      ),
    open: '### Response:\n',
    end: '\n\n',
  },
  /** OpenAI's ChatML, as Hugging Face chat templates write it. */
  chatml: {
    render: (messages) =>
      messages.flatMap(({ role, content }): Segment[] =>
        role === 'assistant'
          ? [
              { text: '<|im_start|>assistant\n', answer: false },
              { text: content, answer: true },
            ]
          : [{ text: `<|im_start|>${role}\n${content}<|im_end|>\n`, answer: false }],
      ),
    open: '<|im_start|>assistant\n',
    end: '<|im_end|>\n',
  },
};

/** A whole example. A text alone, without a question, is plain whatever the template. */
export function render(messages: readonly ChatMessage[], id: TemplateId): Segment[] {
  const template = TEMPLATES[messages.every(({ role }) => role === 'assistant') ? 'plain' : id];
  return template.render(messages).map(({ text, answer }) => ({ text: answer ? text + template.end : text, answer }));
}

/** What comes before the answer that is to be written; answers that are there already stay. */
export function renderPrompt(messages: readonly ChatMessage[], id: TemplateId): string {
  const before = messages.at(-1)?.role === 'assistant' ? messages.slice(0, -1) : messages;
  if (before.length === 0) return '';
  const template = TEMPLATES[id];
  const text = template
    .render(before)
    .map((segment) => (segment.answer ? segment.text + template.end : segment.text))
    .join('');
  return text + template.open;
}

/** The text that closes an answer; empty where only the model's end token does. */
export const endOf = (id: TemplateId): string => TEMPLATES[id].end;
