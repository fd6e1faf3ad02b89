import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../protocol/problems.ts';
import { createTokenizer, requireFit, type Tokenizer } from './tokenizer.ts';

const json = (path: string) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'));

interface Fixture {
  cases: { text: string; ids: number[]; bare: number[]; decoded: string }[];
  long: { count: number; checksum: number };
  pair: { ids: number[]; types: number[] };
}
/** Made by `scripts/models/text_fixtures.py` with the native tokenizers. */
const fixtures: { long: { text: string; times: number }; 'minilm-l6': Fixture; 'byte-level': Fixture } = json(
  'src/lib/fixtures/tokenizers.json',
);

const minilm = createTokenizer(
  json('public/models/minilm-l6/tokenizer.json'),
  json('public/models/minilm-l6/tokenizer_config.json'),
  'minilm-l6/tokenizer.json',
);
const byteLevelJson = json('src/lib/fixtures/byte-level.json');
const byteLevel = createTokenizer(byteLevelJson, { eos_token: { content: '<|endoftext|>' } }, 'byte-level.json');

const checksum = (ids: readonly number[]): number => ids.reduce((h, id) => (Math.imul(31, h) + id) >>> 0, 0);

const tokenizers: [string, Tokenizer, Fixture][] = [
  ['minilm-l6', minilm, fixtures['minilm-l6']],
  ['byte-level', byteLevel, fixtures['byte-level']],
];

describe.each(tokenizers)('%s against the native tokenizers', (_name, tokenizer, fixture) => {
  it.each(fixture.cases)('gives the same ids and the same text back: $text', ({ text, ids, bare, decoded }) => {
    expect(tokenizer.encode(text).ids).toEqual(ids);
    expect(tokenizer.encode(text, { special: false }).ids).toEqual(bare);
    expect(tokenizer.encode(text).types).toEqual(ids.map(() => 0));
    expect(tokenizer.decode(ids)).toBe(decoded);
  });

  it('gives the same ids for a text of a megabyte', () => {
    const { ids } = tokenizer.encode(fixtures.long.text.repeat(fixtures.long.times));
    expect(ids.length).toBe(fixture.long.count);
    expect(checksum(ids)).toBe(fixture.long.checksum);
  }, 30_000);

  it('numbers the segments of a pair', () => {
    const { ids, types } = tokenizer.encode('How are you?', { pair: 'Fine, thanks.' });
    expect(ids).toEqual(fixture.pair.ids);
    // a decoder has no segments
    if (tokenizer.special.sep !== undefined) expect(types).toEqual(fixture.pair.types);
  });
});

describe('a tokenizer', () => {
  it('knows its vocabulary and special tokens', () => {
    expect(minilm.vocabulary).toBe(30522);
    expect(minilm.special).toEqual({ cls: 101, sep: 102, pad: 0, unk: 100, mask: 103 });
    expect(minilm.id('hello')).toBe(7592);
    expect(minilm.id('helloo')).toBeUndefined();
    expect(byteLevel.special).toEqual({ eos: 0 });
  });

  it('keeps special tokens where asked, and leaves out ids that nobody has', () => {
    const { ids } = minilm.encode('Hello there');
    expect(minilm.decode([...ids, 99_999])).toBe('hello there');
    expect(minilm.decode(ids, { keepSpecial: true })).toBe('[CLS] hello there [SEP]');
    expect(minilm.decode([])).toBe('');
    expect(byteLevel.decode(byteLevel.encode('a  b\n , .').ids)).toBe('a  b\n , .');
  });

  const problemOf = (run: () => unknown) => {
    try {
      run();
    } catch (error) {
      return error instanceof ProblemError ? error.problem : error;
    }
    return undefined;
  };

  it.each([
    ['nothing', undefined],
    ['a list', []],
    ['no model', { ...byteLevelJson, model: undefined }],
    ['an unknown kind', { ...byteLevelJson, model: { type: 'Nobody' } }],
    ['no vocabulary', { ...byteLevelJson, model: { ...byteLevelJson.model, vocab: {} } }],
  ])('is refused when its file holds %s', (_what, file) => {
    const problem = problemOf(() => createTokenizer(file, {}, 'x/tokenizer.json'));
    expect(problem).toMatchObject({ code: 'tokenizer-unfit', values: { file: 'x/tokenizer.json' } });
  });

  it('is refused by a model whose table ends before its last id', () => {
    expect(problemOf(() => requireFit(minilm, 30522, 'a'))).toBeUndefined();
    expect(problemOf(() => requireFit(minilm, 30521, 'a'))).toMatchObject({
      code: 'tokenizer-unfit',
      values: { field: 'vocabulary', value: 30521, expected: 30520 },
    });
  });
});
