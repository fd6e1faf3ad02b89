import { describe, expect, it } from 'vitest';
import { blocksOf, inlinesOf } from './markdown.ts';

describe('markdown', () => {
  it('knows the blocks of a model card', () => {
    const card = [
      '---',
      'license: apache-2.0',
      '---',
      '# Herbs',
      'Two lines',
      'of one paragraph.',
      '## Result',
      '| a | b |',
      '|---|---:|',
      '| 1 | 2 |',
      '',
      '- one',
      '- two',
      '1. first',
      '```python',
      'x = [1]  # | not a table |',
      '```',
    ].join('\n');
    expect(blocksOf(card)).toEqual([
      { kind: 'heading', level: 1, text: 'Herbs' },
      { kind: 'paragraph', text: 'Two lines of one paragraph.' },
      { kind: 'heading', level: 2, text: 'Result' },
      { kind: 'table', head: ['a', 'b'], rows: [['1', '2']] },
      { kind: 'list', ordered: false, items: ['one', 'two'] },
      { kind: 'list', ordered: true, items: ['first'] },
      { kind: 'code', text: 'x = [1]  # | not a table |' },
    ]);
  });

  it('knows the pieces of a line', () => {
    expect(inlinesOf('a `b` **c** *d* [e](https://f.org/g) h')).toEqual([
      { kind: 'text', text: 'a ' },
      { kind: 'code', text: 'b' },
      { kind: 'text', text: ' ' },
      { kind: 'strong', text: 'c' },
      { kind: 'text', text: ' ' },
      { kind: 'emphasis', text: 'd' },
      { kind: 'text', text: ' ' },
      { kind: 'link', text: 'e', href: 'https://f.org/g' },
      { kind: 'text', text: ' h' },
    ]);
  });

  it('leaves HTML and other addresses as text', () => {
    const evil = '<img src=x onerror=alert(1)> [x](javascript:alert(1))';
    expect(inlinesOf(evil)).toEqual([{ kind: 'text', text: evil }]);
  });

  it('ends with an open fence', () => {
    expect(blocksOf('```\na')).toEqual([{ kind: 'code', text: 'a' }]);
  });
});
