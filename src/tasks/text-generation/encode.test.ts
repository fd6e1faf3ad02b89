import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createTokenizer } from '../../lib/tokenizer.ts';
import type { ChatMessage } from '../../protocol/text.ts';
import { encode, encodePrompt, endToken, rowsOf } from './encode.ts';
import { TEMPLATES } from './meta.ts';
import { inputs, targets } from './rows.ts';
import { edgesOf } from './templates.ts';

const folder = new URL('../../../public/models/tiny-gpt/', import.meta.url);
const json = async (name: string) => JSON.parse(await readFile(new URL(name, folder), 'utf8'));
const tokenizer = createTokenizer(await json('tokenizer.json'), await json('tokenizer_config.json'), 'tiny-gpt');
const END = tokenizer.special.eos!;

const user = (content: string): ChatMessage => ({ role: 'user', content });
const assistant = (content: string): ChatMessage => ({ role: 'assistant', content });

const CONVERSATIONS: Readonly<Record<string, ChatMessage[]>> = {
  question: [user('What is a house?'), assistant('A house is a building.')],
  'two turns': [
    { role: 'system', content: 'Answer briefly.' },
    user('What is a house?'),
    assistant('A building.'),
    user('And a room?'),
    assistant('A part of one.'),
  ],
  'blanks at its borders': [user('  What is it? \n\n'), assistant(' \nA thing.\n ')],
  'other scripts': [user('什么是房子？'), assistant('Үй — ғимарат. 🏠')],
  'nothing asked': [user(''), assistant('yes')],
};

describe.each(TEMPLATES)('the template %s', (template) => {
  it.each(Object.keys(CONVERSATIONS))('gives a prompt the ids that it has in training: %s', (name) => {
    const messages = CONVERSATIONS[name]!;
    const { ids, learned } = encode(tokenizer, messages, { template, answerOnly: true });
    const prompt = encodePrompt(tokenizer, messages.slice(0, -1), template);
    expect(ids.slice(0, prompt.length)).toEqual(prompt);
    // the answer begins where the prompt ends
    expect(learned[prompt.length]).toBe(1);
    expect(learned[prompt.length - 1]).toBe(0);
    // an example with its answer asks what one without it asks
    expect(encodePrompt(tokenizer, messages, template)).toEqual(prompt);
  });

  it('learns answers alone, their ends included', () => {
    const messages = CONVERSATIONS['two turns']!;
    const { ids, learned } = encode(tokenizer, messages, { template, answerOnly: true });
    const text = tokenizer.decode(
      ids.filter((_, i) => learned[i] === 1),
      { keepSpecial: true },
    );
    const { lead, close } = edgesOf(template);
    const end = close || '<|endoftext|>';
    const last = close ? '<|endoftext|>' : '';
    expect(text).toBe(`${lead}A building.${end}${lead}A part of one.${end}${last}`);
  });

  it('learns everything but the first token where questions are learned too', () => {
    const { ids, learned } = encode(tokenizer, CONVERSATIONS['two turns']!, { template, answerOnly: false });
    expect(learned).toEqual(ids.map((_, i) => (i === 0 ? 0 : 1)));
  });

  it('has one end token before and after a text', () => {
    for (const messages of Object.values(CONVERSATIONS)) {
      const { ids } = encode(tokenizer, messages, { template, answerOnly: true });
      expect([ids[0], ids.at(-1)]).toEqual([END, END]);
      expect(ids.at(-2)).not.toBe(END);
    }
  });
});

describe('a text without a question', () => {
  it.each(TEMPLATES)('is the text alone, whatever the template: %s', (template) => {
    const text = 'It was a dark night.\n';
    const { ids, learned } = encode(tokenizer, [assistant(text)], { template, answerOnly: true });
    expect(ids).toEqual([END, ...tokenizer.encode(text, { special: false }).ids, END]);
    expect(learned).toEqual([0, ...ids.slice(1).map(() => 1)]);
  });
});

it('a prompt that a tokenizer is given as a whole has the same ids', () => {
  const messages = CONVERSATIONS['two turns']!;
  const ids = encodePrompt(tokenizer, messages, 'turns');
  const text =
    '<|endoftext|><|system|>Answer briefly.<|end|><|user|>What is a house?<|end|><|assistant|>A building.<|end|><|user|>And a room?<|end|><|assistant|>';
  expect(tokenizer.encode(text, { special: false }).ids).toEqual(ids);
  const asked = encodePrompt(tokenizer, [user('What is a house?')], 'dialogue');
  expect(tokenizer.encode('<|endoftext|>Question: What is a house?\nAnswer:', { special: false }).ids).toEqual(asked);
  // a role is one token of this tokenizer, and no letters
  expect(ids.filter((id) => id === tokenizer.id('<|assistant|>'))).toHaveLength(2);
});

it('the end token is the one that the tokenizer has', () => {
  expect(endToken(tokenizer)).toBe(END);
  expect(endToken({ ...tokenizer, special: { bos: 5, pad: 6 } })).toBe(5);
});

describe('rows', () => {
  const texts = [
    { ids: [0, 1, 2, 3, 0], learned: [0, 0, 1, 1, 1] as const },
    { ids: [0, 4, 5, 0], learned: [0, 0, 1, 1] as const },
    { ids: [0, 6, 7, 8, 9, 0], learned: [0, 0, 0, 1, 1, 1] as const },
  ];

  it('are one a text, cut behind the last prediction', () => {
    expect(rowsOf(texts, 3, false).map(({ ids }) => ids)).toEqual([
      [0, 1, 2, 3],
      [0, 4, 5, 0],
      [0, 6, 7, 8],
    ]);
  });

  it('that are packed predict every token once, in order, with one end token between texts', () => {
    const whole = [0, 1, 2, 3, 0, 4, 5, 0, 6, 7, 8, 9, 0];
    for (const most of [1, 3, 5, 12, 99]) {
      const rows = rowsOf(texts, most, true);
      expect(rows.flatMap(({ ids }) => ids.slice(1))).toEqual(whole.slice(1));
      for (const { ids } of rows.slice(0, -1)) expect(ids).toHaveLength(most + 1);
      const learned = rows.flatMap((row) => row.ids.slice(1).filter((_, i) => row.learned[i + 1] === 1));
      expect(learned).toEqual([2, 3, 0, 5, 0, 8, 9, 0]);
    }
  });

  it('become what is read and what is predicted, padded alike', () => {
    const rows = rowsOf(texts, 32, false);
    const { ids } = inputs(rows, tokenizer, 32);
    const { batch, count } = targets(rows, 32, 0);
    expect([ids!.shape, batch.next!.shape, batch.weights!.shape]).toEqual([
      [3, 8],
      [3, 8],
      [3, 8],
    ]);
    expect([...ids!.data.slice(8, 16)]).toEqual([0, 4, 5, END, END, END, END, END]);
    expect([...batch.next!.data.slice(8, 16)]).toEqual([4, 5, 0, 0, 0, 0, 0, 0]);
    expect([...batch.weights!.data.slice(8, 16)]).toEqual([0, 1, 1, 0, 0, 0, 0, 0]);
    expect(count).toBe(8);
    expect(batch.total!.data[0]).toBe(8);
  });

  it('whose answers are all cut away count as nothing', () => {
    const { batch, count } = targets(rowsOf(texts, 1, false), 1, 0.1);
    expect(count).toBe(0);
    expect(batch.total!.data[0]).toBe(1);
    expect(batch.smoothing!.data[0]).toBeCloseTo(0.1, 6);
  });
});
