import { describe, expect, it } from 'vitest';
import { encode, problemOf, read, rowsOf, told } from './testing.ts';
import { pieces } from './txt.ts';

describe('JSON lines of texts', () => {
  it('names row and character of a broken line, and keeps the rest', async () => {
    const lines = [
      '{"text": "one", "label": 1, "meta": {"a": [1, 2]}}',
      '{"text": "two", "label: 0}',
      '',
      '[1, 2]',
      '{"text": "three", "label": null, "new": true}',
    ];
    const table = await read(lines.join('\r\n'), 'd/train.jsonl');
    expect(table).toMatchObject({ format: 'jsonl', split: 'train', columns: ['text', 'label', 'meta', 'new'] });
    expect(rowsOf(table)).toEqual([
      ['one', '1', '{"a":[1,2]}', ''],
      ['three', '', '', 'true'],
    ]);
    expect([...table.rows]).toEqual([1, 5]);
    expect(told(table)).toEqual([
      { code: 'json-broken', severity: 'warning', row: 2, column: 27 },
      { code: 'jsonl-bad-line', severity: 'warning', row: 4, reason: 'text' },
    ]);
  });

  it.each([
    ['{"a": 1,}', 9],
    ['{"a" 1}', 6],
    ['{a: 1}', 2],
    ['{"a": tru}', 7],
    ['{"a": "x\\q"}', 9],
    ['{"a": [1, 2}', 12],
    ['{"a": 1} x', 10],
    ['{"a": "x', 9],
    ["{'a': 1}", 2],
    ['{"a": NaN}', 7],
  ])('finds where %s goes wrong', async (line, column) => {
    const table = await read(`{"a": 1}\n${line}\n`, 'a.jsonl');
    expect(told(table)).toEqual([{ code: 'json-broken', severity: 'warning', row: 2, column }]);
  });

  it('reads other encodings', async () => {
    const line = '{"text": "Отличный фильм, советую всем", "label": "за"}\n';
    const table = await read(encode(line, 'windows-1251'), 'a.jsonl');
    expect(table.reading.encoding).toBe('windows-1251');
    expect(rowsOf(table)).toEqual([['Отличный фильм, советую всем', 'за']]);
  });
});

describe('JSON of texts', () => {
  const rows = [
    ['one', '1'],
    ['two', '0'],
  ];
  it.each([
    ['a list of objects', '[{"text": "one", "label": 1}, {"text": "two", "label": 0}]'],
    ['lists by column', '{"text": ["one", "two"], "label": [1, 0]}'],
    ['pandas by column', '{"text": {"0": "one", "1": "two"}, "label": {"0": 1, "1": 0}}'],
    ['pandas split', '{"columns": ["text", "label"], "index": [0, 1], "data": [["one", 1], ["two", 0]]}'],
    ['a list under a key', '{"version": "1", "data": [{"text": "one", "label": 1}, {"text": "two", "label": 0}]}'],
    ['JSON lines', '{"text": "one", "label": 1}\n{"text": "two", "label": 0}\n'],
  ])('reads %s', async (_, content) => {
    const table = await read(content, 'a.json');
    expect(table.columns).toEqual(['text', 'label']);
    expect(rowsOf(table)).toEqual(rows);
    expect([...table.rows]).toEqual([1, 2]);
    expect(table.problems).toEqual([]);
  });

  it('reads a list for each split, and a list of texts', async () => {
    const splits = await read('{"train": [{"text": "one"}], "test": [{"text": "two"}]}', 'a.json');
    expect(splits.columns).toEqual(['text', 'split']);
    expect(rowsOf(splits)).toEqual([
      ['one', 'train'],
      ['two', 'test'],
    ]);
    expect(rowsOf(await read('["one", "two"]', 'a.json'))).toEqual([['one'], ['two']]);
  });

  it('keeps conversations as JSON text', async () => {
    const messages = [{ role: 'user', content: 'Hi "you"' }];
    const table = await read(JSON.stringify([{ messages }]), 'a.json');
    expect(JSON.parse(table.cells[0]![0]!)).toEqual(messages);
  });

  it('says where it breaks, and when there is no table in it', async () => {
    expect(await problemOf(read('[\n  {"text": "one"},\n  {"text" "two"}\n]', 'a.json'))).toEqual({
      code: 'json-broken',
      file: 'a.json',
      row: 3,
      column: 11,
      reason: 'whole',
    });
    for (const content of ['3', '[1, 2]', '{"a": 1}', '"text"']) {
      expect(await problemOf(read(content, 'a.json'))).toMatchObject({ code: 'table-unreadable', reason: 'json' });
    }
  });
});

describe('plain text', () => {
  it('is paragraphs where blank lines part them, else lines', async () => {
    const book = await read('One line\nand its next.\n\n\nSecond paragraph.\r\n\r\nThird.', 'book.txt');
    expect(book.columns).toEqual(['text']);
    expect(book.cells[0]).toEqual(['One line\nand its next.', 'Second paragraph.', 'Third.']);
    expect([...book.rows]).toEqual([1, 5, 7]);
    const lines = await read('first text\nsecond text\nthird text\n', 'lines.txt');
    expect([lines.cells[0], [...lines.rows]]).toEqual([
      ['first text', 'second text', 'third text'],
      [1, 2, 3],
    ]);
  });

  it('is cut where sentences end if it is one long paragraph', async () => {
    const sentence = 'The quick brown fox jumps over the lazy dog, and nobody minds. ';
    const { cells } = await read(sentence.repeat(200), 'one.txt');
    expect(cells[0]!.length).toBeGreaterThan(5);
    for (const piece of cells[0]!) {
      expect(piece.length).toBeLessThanOrEqual(2000);
      expect(piece.endsWith('.')).toBe(true);
    }
    expect(cells[0]!.join(' ')).toBe(sentence.repeat(200).trim());
    const chinese = '天地玄黄，宇宙洪荒。';
    expect(pieces(chinese.repeat(500)).every((piece) => piece.endsWith('。'))).toBe(true);
    for (const unbroken of ['x'.repeat(5000), '👍'.repeat(2500)]) {
      expect(pieces(unbroken).join('')).toBe(unbroken);
      expect(pieces(unbroken).every((piece) => !/[\ud800-\udbff]$/.test(piece))).toBe(true);
    }
  });

  it('is a table where every line has as many tabs', async () => {
    const table = await read('ham\tGo until jurong, crazy\nspam\tFree entry, win\nham\tOk lar\n', 'SMSSpamCollection');
    expect(table).toMatchObject({ format: 'csv', reading: { delimiter: '\t', header: false } });
    expect(rowsOf(table)[1]).toEqual(['spam', 'Free entry, win']);
    const asText = await read('ham\tOk\nspam\tNo\n', 'a.txt', { reading: { delimiter: '' } });
    expect(asText.format).toBe('txt');
  });
});

describe('files that are something else', () => {
  it('names old Excel files and damaged ones', async () => {
    const ole = Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0);
    expect(await problemOf(read(ole, 'a.xls'))).toEqual({ code: 'table-unreadable', file: 'a.xls', reason: 'xls' });
    expect(await problemOf(read('no workbook', 'a.xlsx'))).toMatchObject({ code: 'table-unreadable', reason: 'xlsx' });
    expect(await problemOf(read('PAR1 and then nothing', 'a.parquet'))).toMatchObject({
      code: 'table-unreadable',
      reason: 'parquet',
    });
    expect(await problemOf(read('PK\x03\x04 cut', 'a.xlsx'))).toMatchObject({ code: 'zip-damaged' });
  });
});
