import { describe, expect, it } from 'vitest';
import { DEFAULT_SPLIT, NONE, SPLITS } from '../protocol/dataset.ts';
import { openDataset } from './open.ts';
import { openTexts } from './open-texts.ts';
import { reopen } from './reopen.ts';
import { encode } from './tables/testing.ts';
import { file } from './testing/dropped.ts';
import { OpenedTexts } from './text-dataset.ts';

const O = { id: 'one', split: DEFAULT_SPLIT };
const open = (...files: [string, string | Uint8Array<ArrayBuffer>][]) =>
  openTexts(
    files.map(([path, content]) => file(path, content)),
    O,
  );
const classesOf = (texts: OpenedTexts) => texts.summary().classes.map(({ name }) => name);
const codes = (texts: OpenedTexts) => texts.state.problems.map(({ code, values }) => `${code} ${values.file ?? ''}`);
/** `count` reviews in a folder. */
const reviews = (folder: string, count = 4): [string, string][] =>
  Array.from({ length: count }, (_, i) => [`${folder}/${i}_9.txt`, `Review ${i} of ${folder}.\n\nIt goes on.\n`]);

describe('folders of texts', () => {
  it('are classes, and each file is one text', async () => {
    const texts = (await openDataset(
      [...reviews('films/pos'), ...reviews('films/neg')].map(([path, text]) => file(path, text)),
      { ...O, onProgress() {} },
    )) as OpenedTexts;
    expect(texts).toBeInstanceOf(OpenedTexts);
    expect(texts.summary()).toMatchObject({ task: 'text-classification', name: 'films' });
    expect(classesOf(texts)).toEqual(['neg', 'pos']);
    expect(texts.length).toBe(8);
    expect(texts.row(0, true).text).toBe('Review 0 of films/neg.\n\nIt goes on.');
    expect([...texts.state.labels]).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
    expect(texts.state.problems).toEqual([]);
  });

  it('below train and test are classes, and the splits are as given', async () => {
    const texts = await open(
      ...reviews('imdb/train/pos'),
      ...reviews('imdb/train/neg'),
      ...reviews('imdb/test/pos'),
      ...reviews('imdb/test/neg'),
    );
    expect(classesOf(texts)).toEqual(['neg', 'pos']);
    const test = SPLITS.indexOf('test');
    const tested = Array.from(texts.state.splits.keys()).filter((id) => texts.state.splits[id] === test);
    expect(tested).toHaveLength(8);
    for (const id of tested) expect(texts.row(id, true).text).toContain('imdb/test/');
  });

  it('may hold what is empty or no text, which is told, and texts in no folder, which are unsorted', async () => {
    const texts = await open(
      ...reviews('mail/spam'),
      ...reviews('mail/ham'),
      ['mail/ham/empty.txt', ' \n'],
      ['mail/ham/program.txt', Uint8Array.of(0x4d, 0x5a, 0x90, 0, 3, 0, 0, 0, 4, 0x41, 0x42)],
      ['mail/loose.txt', 'Neither one nor the other.'],
      ['mail/README.txt', 'What this is.'],
      ['mail/spam/russian.txt', encode('Купите слона, недорого и прямо сейчас', 'windows-1251')],
    );
    expect(codes(texts)).toEqual(['file-empty mail/ham/empty.txt', 'table-unreadable mail/ham/program.txt']);
    expect(texts.length).toBe(10);
    const all = Array.from({ length: 10 }, (_, id) => texts.row(id, true).text);
    const loose = all.indexOf('Neither one nor the other.');
    expect(texts.state.labels[loose]).toBe(NONE);
    expect([...texts.state.labels].filter((label) => label === NONE)).toHaveLength(1);
    expect(all).toContain('Купите слона, недорого и прямо сейчас');
  });

  it('come back from what is kept', async () => {
    const texts = await open(...reviews('films/pos'), ...reviews('films/neg'));
    texts.edit({ kind: 'label', ids: [0], label: 1 });
    const again = (await reopen(texts.state, texts.pieces)) as OpenedTexts;
    expect(again.row(5, true)).toEqual(texts.row(5, true));
    expect(again.state.labels).toEqual(texts.state.labels);
  });

  it('are no classes where they hold a book each, or books', async () => {
    const paragraphs = 'It was a dark night.\n\nThe rain fell.\n\n';
    const one = await open(['poe/raven.txt', paragraphs], ['doyle/holmes.txt', paragraphs]);
    expect(one.task).toBe('text-generation');
    const book = paragraphs.repeat(2000);
    const books = await open(
      ...['poe/a.txt', 'poe/b.txt', 'doyle/c.txt', 'doyle/d.txt'].map((path): [string, string] => [path, book]),
    );
    expect(books.task).toBe('text-generation');
  });
});
