import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { file, pictures } from '../testing/dropped.ts';
import { collectTables, isTextDataset } from './files.ts';

const zip = (...names: string[]) => zipSync(Object.fromEntries(names.map((name) => [name, strToU8('x')])));

describe('isTextDataset', () => {
  it.each([
    [['a.csv'], true],
    [['d/train.csv', 'd/README.md', 'd/LICENSE'], true],
    [['data.xlsx'], true],
    [['old.xls'], true],
    [['book.txt'], true],
    [['README.md', 'dataset_infos.json'], false],
    [['d/.gitattributes'], false],
    [['report.pdf'], false],
    [[], false],
  ])('%j: %s', async (names, expected) => {
    expect(await isTextDataset(names.map((name) => file(name, 'text,label')))).toBe(expected);
  });

  it('is false where there are pictures, whatever they are called, and looks into zips', async () => {
    const csv = file('l.csv', 'file,label');
    expect(await isTextDataset([csv, ...pictures('a/1.png')])).toBe(false);
    expect(await isTextDataset([csv, ...pictures('a/without-a-name')])).toBe(false);
    expect(await isTextDataset([csv, file('a/1.heic', 'x')])).toBe(false);
    expect(await isTextDataset([csv, file('p.zip', zip('a/1.jpg'))])).toBe(false);
    expect(await isTextDataset([file('p.zip', zip('d/train.jsonl', 'd/test.jsonl', 'd/readme.txt'))])).toBe(true);
    expect(await isTextDataset([file('p.zip', 'PK no zip')])).toBe(false);
  });
});

describe('collectTables', () => {
  it('unpacks zips, passes over what describes the data, and names what is left out', async () => {
    const { name, files, problems, filesRead } = await collectTables([
      file('d/train.csv', 'text\na'),
      file('d/data/test.parquet', 'x'),
      file('d/README.md', 'x'),
      file('d/dataset_infos.json', '{}'),
      file('d/notes.txt', 'x'),
      file('d/paper.pdf', 'x'),
      file('d/.DS_Store', 'x'),
    ]);
    expect([name, files.map(({ path }) => path), filesRead]).toEqual(['d', ['d/data/test.parquet', 'd/train.csv'], 6]);
    expect(problems.map(({ code, values }) => [code, values.file, values.reason])).toEqual([
      ['file-left-out', 'd/notes.txt', 'beside'],
      ['file-left-out', 'd/paper.pdf', undefined],
    ]);
    const zipped = await collectTables([file('mails.zip', zip('mails/train.csv', 'mails/inner.zip'))]);
    expect([zipped.name, zipped.files.map(({ path }) => path)]).toEqual(['mails', ['mails/train.csv']]);
    expect(zipped.problems.map(({ code }) => code)).toEqual(['zip-in-zip']);
  });

  it('does not unpack a workbook', async () => {
    const { name, files } = await collectTables([file('Анкета.xlsx', zip('xl/workbook.xml'))]);
    expect([name, files.map(({ path }) => path)]).toEqual(['Анкета', ['Анкета.xlsx']]);
  });
});
