import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { coverage } from './coverage.ts';
import { createTokenizer, type Tokenizer } from './tokenizer.ts';

const json = (path: string) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'));
const folder = 'public/models/minilm-l6';
const minilm = createTokenizer(json(`${folder}/tokenizer.json`), json(`${folder}/tokenizer_config.json`), 'minilm-l6');

const ENGLISH = [
  'I have been using this phone for three weeks and the battery still lasts a whole day.',
  'Congratulations! You have won a £500 voucher, call 0800 123 456 before midnight.',
  "The driver wouldn't stop, so we missed the 9:45 train and arrived in Edinburgh late.",
  'My daughter loves it, although the instructions were badly translated.',
];
const FRENCH = [
  'Le colis est arrivé avec deux jours de retard et l’emballage était abîmé.',
  'Très bon rapport qualité-prix, je le recommande à toute la famille.',
];
const KAZAKH = [
  'Тауар өте жақсы, бірақ жеткізу екі күнге кешікті.',
  'Қызмет көрсету сапасы нашар, енді бұл дүкеннен ештеңе алмаймын.',
  'Балам үшін алдым, қатты ұнады, рақмет сіздерге!',
];
const CHINESE = [
  '这个手机用了三个星期，电池还能用一整天。',
  '客服态度很差，等了两个小时也没有人回复。',
  '质量不错，价格便宜，下次还会再买。',
];

const share = (tokenizer: Tokenizer, texts: string[]): number => {
  const { tokens, unknown, single } = coverage(tokenizer, texts);
  return (unknown + single) / tokens;
};

describe('coverage of an English encoder', () => {
  it('finds next to nothing in English, and much in Kazakh and Chinese', () => {
    expect(share(minilm, ENGLISH)).toBeLessThan(0.01);
    expect(share(minilm, FRENCH)).toBeLessThan(0.05);
    expect(share(minilm, KAZAKH)).toBeGreaterThan(0.7);
    expect(share(minilm, CHINESE)).toBeGreaterThan(0.6);
  });

  it('counts tokens as the tokenizer does', () => {
    const all = ENGLISH.reduce((sum, text) => sum + minilm.encode(text, { special: false }).ids.length, 0);
    const { tokens, words } = coverage(minilm, ENGLISH);
    expect(tokens).toBe(all);
    expect(words).toBe(ENGLISH.join(' ').match(/\p{L}+/gu)?.length);
  });

  it('tells unknown tokens from words broken into letters', () => {
    // қ is not in the vocabulary: the word is one unknown token; the letters of вжг are
    expect(coverage(minilm, ['қала'])).toEqual({ tokens: 1, unknown: 1, single: 0, words: 1 });
    expect(coverage(minilm, ['вжг'])).toEqual({ tokens: 3, unknown: 0, single: 3, words: 1 });
    expect(coverage(minilm, ['😀 👍'])).toMatchObject({ tokens: 2, unknown: 2, single: 0, words: 0 });
    expect(coverage(minilm, ['I am ok', 'a b'])).toMatchObject({ tokens: 5, unknown: 0, single: 0 });
    expect(coverage(minilm, ['', '  '])).toEqual({ tokens: 0, unknown: 0, single: 0, words: 0 });
  });

  it('is nothing for Chinese where the vocabulary has its characters', () => {
    const file = json(`${folder}/tokenizer.json`);
    let next = Object.keys(file.model.vocab).length;
    for (let code = 0x4e00; code <= 0x9fff; code++) file.model.vocab[String.fromCodePoint(code)] ??= next++;
    expect(share(createTokenizer(file, { unk_token: '[UNK]' }, 'chinese'), CHINESE)).toBe(0);
  });
});

describe('coverage of a byte-level tokenizer', () => {
  const file = json('src/lib/fixtures/byte-level.json');
  const own = createTokenizer(file, {}, 'byte-level');

  it('finds words that became single bytes', () => {
    expect(coverage(own, ['the and'])).toMatchObject({ unknown: 0, single: 0, words: 2 });
    // seven tokens for four letters: one pair of bytes was merged
    expect(coverage(own, ['жүйе'])).toEqual({ tokens: 7, unknown: 0, single: 7, words: 1 });
    const letters = createTokenizer({ ...file, model: { ...file.model, merges: [] } }, {}, 'bytes');
    expect(share(letters, ['unbelievable stories'])).toBeGreaterThan(0.9);
  });
});

it('reads 200,000 texts without a long wait', () => {
  const words = [...new Set(ENGLISH.join(' ').split(' '))];
  const texts = Array.from({ length: 20_000 }, (_, i) =>
    Array.from({ length: 20 }, (_, j) => words[(i * 31 + j * 7) % words.length]).join(' '),
  );
  const start = performance.now();
  coverage(minilm, texts);
  const seconds = (performance.now() - start) / 1000;
  expect(seconds).toBeLessThan(4);
});
