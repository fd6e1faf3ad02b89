import { describe, expect, it } from 'vitest';
import { guessMapping } from './mapping.ts';
import { read } from './testing.ts';

const csv = (header: string, rows: readonly string[]) => `${header}\n${rows.join('\n')}\n`;
const mapped = async (content: string, path = 'a.csv') => guessMapping([await read(content, path)]);
const REVIEWS = [
  '"Very good, I will come again",pos',
  '"It was cold and loud",neg',
  '"The best of all",pos',
  '"Never again, sorry",neg',
];

describe('guessMapping', () => {
  it.each([
    ['text,label', 'text', 'label'],
    ['review,sentiment', 'review', 'sentiment'],
    ['Review Text,Class', 'Review Text', 'Class'],
    ['v2,v1', 'v2', 'v1'],
    ['texte,étiquette', 'texte', 'étiquette'],
    ['commentaire,catégorie', 'commentaire', 'catégorie'],
    ['отзыв,метка', 'отзыв', 'метка'],
    ['Текст обращения,Тема', 'Текст обращения', 'Тема'],
    ['мәтін,санат', 'мәтін', 'санат'],
    ['пікір,белгі', 'пікір', 'белгі'],
    ['评论,情感', '评论', '情感'],
    ['内容,标签', '内容', '标签'],
    ['question,intent', 'question', 'intent'],
  ])('takes %s for text and label', async (header, text, label) => {
    expect(await mapped(csv(header, REVIEWS))).toEqual({ layout: 'labelled', columns: { text, label } });
  });

  it('finds text and label without a header, and among other columns', async () => {
    const bare = await read(REVIEWS.join('\n'), 'a.csv', { reading: { header: false } });
    expect(guessMapping([bare])).toEqual({ layout: 'labelled', columns: { text: 'A', label: 'B' } });
    const rows = REVIEWS.map((row, i) => `${i},title ${i},${row},${i % 2 ? 'test' : 'train'}`);
    expect(await mapped(csv('id,title,body,rating,split', rows))).toEqual({
      layout: 'labelled',
      columns: { text: 'body', label: 'rating', split: 'split' },
    });
    const names = REVIEWS.map((row) => `${row.endsWith('pos') ? 1 : 0},${row}`);
    expect((await mapped(csv('label,text,label_text', names))).columns).toEqual({ text: 'text', label: 'label_text' });
  });

  it('takes 10,000 labels for labels, and long answers in a column "target" for none', async () => {
    const many = Array.from({ length: 10_000 }, (_, i) => `"a text of some length, the ${i}th",class-${i}`);
    expect(await mapped(csv('text,label', many))).toEqual({
      layout: 'labelled',
      columns: { text: 'text', label: 'label' },
    });
    const answers = REVIEWS.map(
      (_, i) => `Where is the number ${i} of all the streets?,It lies behind the house number ${i + 1}`,
    );
    expect(await mapped(csv('source,target', answers))).toEqual({
      layout: 'pairs',
      columns: { prompt: 'source', completion: 'target' },
    });
  });

  it('knows pairs of sentences with a label', async () => {
    const rows = [
      'A man eats.,Somebody eats.,yes',
      'A dog runs.,A cat sits still.,no',
      'It rains.,It is wet.,yes',
      'x y z.,a b c.,no',
    ];
    expect(await mapped(csv('premise,hypothesis,label', rows))).toEqual({
      layout: 'labelled',
      columns: { text: 'premise', pair: 'hypothesis', label: 'label' },
    });
  });

  it.each([
    ['prompt,completion', 'prompt', 'completion'],
    ['question,answer', 'question', 'answer'],
    ['input,output', 'input', 'output'],
    ['question,réponse', 'question', 'réponse'],
    ['вопрос,ответ', 'вопрос', 'ответ'],
    ['сұрақ,жауап', 'сұрақ', 'жауап'],
    ['问题,答案', '问题', '答案'],
    ['C1,C2', 'C1', 'C2'],
  ])('takes %s for prompts and answers', async (header, prompt, completion) => {
    const rows = Array.from(
      { length: 6 },
      (_, i) => `What is the capital of country ${i}?,The capital is city number ${i}.`,
    );
    expect(await mapped(csv(header, rows))).toEqual({ layout: 'pairs', columns: { prompt, completion } });
  });

  it('knows Alpaca, chat and ShareGPT', async () => {
    const alpaca = JSON.stringify([{ instruction: 'Add.', input: '1 2', output: 'It is 3.', split: 'train' }]);
    expect(await mapped(alpaca, 'a.json')).toEqual({
      layout: 'alpaca',
      columns: { instruction: 'instruction', input: 'input', output: 'output', split: 'split' },
    });
    const chat = JSON.stringify({
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Hello' },
      ],
    });
    expect(await mapped(chat, 'a.jsonl')).toEqual({ layout: 'chat', columns: { messages: 'messages' } });
    const sharegpt = JSON.stringify({
      id: 1,
      conversations: [
        { from: 'human', value: 'Hi' },
        { from: 'gpt', value: 'Yes' },
      ],
    });
    expect(await mapped(sharegpt, 'a.jsonl')).toEqual({ layout: 'chat', columns: { messages: 'conversations' } });
  });

  it('takes a lone column for plain text, and nothing for nothing', async () => {
    expect(await mapped('One.\n\nTwo.\n', 'book.txt')).toEqual({ layout: 'plain', columns: { text: 'text' } });
    expect(await mapped('')).toEqual({ layout: 'plain', columns: {} });
    expect(guessMapping([])).toEqual({ layout: 'plain', columns: {} });
  });

  it('looks at the columns that all files share', async () => {
    const train = await read(
      csv(
        'text,label,extra',
        REVIEWS.map((row, i) => `${row},${i}`),
      ),
      'train.csv',
    );
    const test = await read(csv('text,label', REVIEWS), 'test.csv');
    expect(guessMapping([train, test])).toEqual({ layout: 'labelled', columns: { text: 'text', label: 'label' } });
  });
});
