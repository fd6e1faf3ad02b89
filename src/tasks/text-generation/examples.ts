import type { TextExample } from '../../data/text/messages.ts';
import type { TextDataset } from '../../data/text-dataset.ts';
import type { ChatMessage } from '../../protocol/text.ts';

/** A text with a class is a question whose answer is the class's name: a label word (Schick and Schütze 2021). */
export function asMessages(example: TextExample, label: string): readonly ChatMessage[] {
  if ('messages' in example) return example.messages;
  const { text, pair } = example;
  return [
    { role: 'user', content: pair === undefined ? text : `${text}\n${pair}` },
    { role: 'assistant', content: label },
  ];
}

export const messagesOf = (dataset: TextDataset, id: number): readonly ChatMessage[] =>
  asMessages(dataset.example(id), dataset.classes[dataset.label(id)] ?? '');

/** The answer that an example ends with, without the blanks around it. */
export const answerOf = (messages: readonly ChatMessage[]): string =>
  messages.findLast(({ role }) => role === 'assistant')?.content.trim() ?? '';
