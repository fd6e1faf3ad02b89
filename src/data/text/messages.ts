import type { ChatMessage, ColumnRole, TextMapping } from '../../protocol/text.ts';

/** What one example says: a text with its label elsewhere, or messages to learn to answer. */
export type TextExample = { text: string; pair?: string } | { messages: readonly ChatMessage[] };

const ROLES: Readonly<Record<string, ChatMessage['role']>> = {
  system: 'system',
  user: 'user',
  human: 'user',
  prompter: 'user',
  assistant: 'assistant',
  gpt: 'assistant',
  bot: 'assistant',
  model: 'assistant',
};

/**
 * A conversation from JSON: `[{role, content}, …]` (OpenAI, Hugging Face) or `[{from, value}, …]` (ShareGPT). Undefined
 * where it is neither.
 */
export function parseMessages(json: string): ChatMessage[] | undefined {
  let list: unknown;
  try {
    list = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (!Array.isArray(list) || list.length === 0) return undefined;
  const messages = list.map((item: Record<string, unknown> | null): ChatMessage | undefined => {
    const role = ROLES[String(item?.role ?? item?.from).toLowerCase()];
    const content = item?.content ?? item?.value;
    return role && typeof content === 'string' ? { role, content } : undefined;
  });
  return messages.every((message) => message !== undefined) ? messages : undefined;
}

/** A row of a table as an example, `cell` giving its columns by role. Undefined where a conversation cannot be read. */
export function exampleOf(layout: TextMapping['layout'], cell: (role: ColumnRole) => string): TextExample | undefined {
  switch (layout) {
    case 'labelled': {
      const pair = cell('pair');
      return { text: cell('text'), ...(pair ? { pair } : {}) };
    }
    case 'plain':
      return { messages: [{ role: 'assistant', content: cell('text') }] };
    case 'pairs':
      return { messages: asked(cell('prompt'), cell('completion')) };
    case 'alpaca': {
      const input = cell('input');
      return { messages: asked(input ? `${cell('instruction')}\n\n${input}` : cell('instruction'), cell('output')) };
    }
    case 'chat': {
      const messages = parseMessages(cell('messages'));
      return messages && { messages };
    }
    default:
      return layout satisfies never;
  }
}

const asked = (prompt: string, answer: string): ChatMessage[] => [
  { role: 'user', content: prompt },
  { role: 'assistant', content: answer },
];

/** Everything an example says, for searching and comparing. */
export const wholeText = (example: TextExample): string =>
  'text' in example
    ? example.pair === undefined
      ? example.text
      : `${example.text}\n${example.pair}`
    : example.messages.map(({ content }) => content).join('\n');
