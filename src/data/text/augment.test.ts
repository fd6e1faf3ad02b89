import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { uniform } from '../../lib/random.ts';
import { augmentText, type TextAugmentation, textDraw } from './augment.ts';
import { NO_THESAURUS, parseThesaurus } from './thesaurus.ts';

const english = parseThesaurus(JSON.parse(readFileSync('public/text/synonyms-en.json', 'utf8')));
const OFF: TextAugmentation = { synonyms: 0, swap: 0, deletion: 0 };
const TEXT = 'The big car stopped. I think (perhaps) that the film, which we saw at 9:45, was terrible!  😀';
const change = (o: Partial<TextAugmentation>, text = TEXT, seed = 1, thesaurus = english) =>
  augmentText(text, { ...OFF, ...o }, uniform(seed), thesaurus);
const seeds = Array.from({ length: 200 }, (_, seed) => seed);
const words = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}:]+/gu) ?? [];

describe('augmented texts', () => {
  it('are as they were where everything is off, and empty ones stay empty', () => {
    expect(change({})).toBe(TEXT);
    for (const text of ['', '  ', '!?', '😀']) expect(change({ synonyms: 1, swap: 1, deletion: 1 }, text)).toBe(text);
  });

  it('are the same for one seed, epoch and example, and others for any other', () => {
    const draw = (seed: number, view: number, id: number) =>
      augmentText(TEXT, { synonyms: 0.3, swap: 0.3, deletion: 0.3 }, textDraw(seed, view, id), english);
    expect(draw(42, 0, 7)).toBe(draw(42, 0, 7));
    expect(new Set([draw(42, 0, 7), draw(43, 0, 7), draw(42, 1, 7), draw(42, 0, 8)]).size).toBe(4);
  });

  it('have other words of the same meaning, in place and with their capitals', () => {
    const changed = seeds.map((seed) => change({ synonyms: 1 }, 'Big cars, BIG car; Movie or movie.', seed));
    expect(new Set(changed)).toEqual(
      new Set(['automobile', 'auto', 'motorcar'].map((car) => `Large cars, LARGE ${car}; Movie or film.`)),
    );
    expect(change({ synonyms: 1 }, TEXT, 1, NO_THESAURUS)).toBe(TEXT);
  });

  it('have their words in another order, with punctuation, capitals and blanks where they were', () => {
    for (const seed of seeds) {
      const changed = change({ swap: 0.5 }, TEXT, seed);
      expect(words(changed).toSorted()).toEqual(words(TEXT).toSorted());
      expect(changed).toMatch(/^[\p{Lu}\d].*\. [\p{Lu}\d].* \(\S+\) .*,.*,.*! {2}😀$/u);
    }
    expect(seeds.filter((seed) => change({ swap: 0.5 }, TEXT, seed) !== TEXT).length).toBeGreaterThan(190);
  });

  it('lack words by their chance, and never all of them', () => {
    const kept = seeds.map((seed) => words(change({ deletion: 0.25 }, TEXT, seed)).length);
    const share = kept.reduce((sum, count) => sum + count, 0) / (seeds.length * words(TEXT).length);
    expect(share).toBeGreaterThan(0.72);
    expect(share).toBeLessThan(0.78);
    for (const seed of seeds) {
      expect(words(change({ deletion: 1 }, TEXT, seed))).toHaveLength(1);
      expect(change({ deletion: 0.5 }, 'One two three.', seed)).toMatch(/^\p{Lu}\p{L}*( \p{L}+)*\s?\.$/u);
    }
  });

  it('are words in Chinese too, not characters', () => {
    const text = '我们昨天在北京看电影。';
    const changed = seeds.map((seed) => change({ swap: 0.5, deletion: 0.2 }, text, seed, NO_THESAURUS));
    expect(new Set(changed).size).toBeGreaterThan(50);
    for (const one of changed) expect(one).toMatch(/^.+。$/);
    const kept = seeds.map((seed) => change({ deletion: 0.5 }, text, seed, NO_THESAURUS));
    // A word of two characters is there as a whole, or not at all
    for (const one of kept) expect(one.includes('北')).toBe(one.includes('北京'));
  });
});

describe('the thesaurus', () => {
  it('has common words, and none that hold sentences together', () => {
    expect(english.synonyms('big')).toEqual(['large']);
    expect(english.synonyms('car')).toEqual(['automobile', 'auto', 'motorcar']);
    for (const word of ['it', 'in', 'he', 'said', 'was', 'constructor', '__proto__', 'xyzzy'])
      expect(english.synonyms(word)).toEqual([]);
  });
  it('says what it is not', () => {
    for (const json of [null, 3, {}, { words: 'no' }]) expect(() => parseThesaurus(json)).toThrow('words');
  });
});
