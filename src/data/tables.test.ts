import { describe, expect, it } from 'vitest';
import { collectImages } from './files.ts';
import { file, labelsOf, pictures } from './testing/dropped.ts';

describe('tables', () => {
  it('labels by path suffix, exact case first, and ends with the extension left off', async () => {
    const read = await labelsOf([
      ...pictures('d/images/a.jpg', 'd/images/B.JPG', 'd/images/b.jpg', 'd/images/0004.png'),
      file('d/labels.csv', 'file,label,split\nimages/a.jpg,x,train\nb.jpg,y,test\n./images\\B.JPG,x,\n0004,z,\n'),
    ]);
    expect(read.problems).toEqual([]);
    expect(read.labels).toEqual(
      ['0004.png=z', 'B.JPG=x', 'a.jpg=x@train', 'b.jpg=y@test'].map((label) => `images/${label}`),
    );
    const insensitive = await labelsOf([...pictures('A.JPG'), file('l.csv', 'file,label\na.jpg,x\n')]);
    expect(insensitive.labels).toEqual(['A.JPG=x']);
  });

  it('names the rows that point nowhere, twice or at several pictures, and keeps the rest', async () => {
    const read = await labelsOf([
      ...pictures('d/x/1.jpg', 'd/y/1.jpg', 'd/x/2.jpg', 'd/x/3.jpg'),
      file('d/l.csv', 'image,class\nx/1.jpg,a\n1.jpg,b\nnone.jpg,b\nx/1.jpg,b\n2.jpg,b\n'),
    ]);
    expect(read.labels).toEqual(['x/1.jpg=a', 'x/2.jpg=b', 'x/3.jpg=undefined', 'y/1.jpg=undefined']);
    expect(read.problems).toEqual([
      {
        code: 'csv-file-ambiguous',
        severity: 'warning',
        file: 'd/l.csv',
        row: 3,
        column: 'image',
        name: '1.jpg',
        count: 2,
      },
      { code: 'csv-file-missing', severity: 'warning', file: 'd/l.csv', row: 4, column: 'image', name: 'none.jpg' },
      {
        code: 'csv-row-repeated',
        severity: 'warning',
        file: 'd/l.csv',
        row: 5,
        column: 'image',
        name: 'x/1.jpg',
        first: '2',
      },
      { code: 'csv-images-unlisted', severity: 'note', file: 'd/x/3.jpg', count: 1 },
    ]);
  });

  it('takes splits from the names of several tables', async () => {
    const read = await labelsOf([
      ...pictures('1.jpg', '2.jpg'),
      file('train.csv', 'file,label\n1.jpg,a\n'),
      file('test.csv', 'file,label\n2.jpg,a\n'),
    ]);
    expect(read.labels).toEqual(['1.jpg=a@train', '2.jpg=a@test']);
  });

  it('falls back on folders where no table names labels, and else leaves all unsorted', async () => {
    const csv = file('d/notes.csv', 'who,when\nme,now\n');
    const read = await labelsOf([...pictures('d/a/1.jpg', 'd/b/1.jpg'), csv]);
    expect(read.labels).toEqual(['a/1.jpg=a', 'b/1.jpg=b']);
    expect(read.problems[0]).toMatchObject({ code: 'csv-no-columns', columns: 'who, when' });
    const loose = await labelsOf([...pictures('1.jpg'), csv]);
    expect(loose.labels).toEqual(['1.jpg=undefined']);
    expect(loose.problems.map(({ code, severity }) => [severity, code])).toEqual([
      ['warning', 'csv-no-columns'],
      ['note', 'image-unlabelled'],
    ]);
    const elsewhere = file('d/l.csv', 'file,label\nx.jpg,a\ny.jpg,b\n');
    const missing = await labelsOf([...pictures('d/a/1.jpg', 'd/b/1.jpg'), elsewhere]);
    expect(missing.labels).toEqual(['a/1.jpg=a', 'b/1.jpg=b']);
    expect(missing.problems.map(({ code, row }) => [code, row])).toEqual([
      ['csv-file-missing', 2],
      ['csv-file-missing', 3],
    ]);
  });

  it('reads JSON lines as a table, names the line that is none, and keeps the rest', async () => {
    const lines = ['{"file_name": "a.jpg", "label": "x", "objects": {"id": [1]}}', '{"file_name": "b.jpg"', '', '[1]'];
    const read = await labelsOf([
      ...pictures('d/a.jpg', 'd/b.jpg', 'd/c.jpg'),
      file('d/metadata.jsonl', [...lines, '{"file_name": "c.jpg", "label": 0, "split": "test"}'].join('\n')),
    ]);
    expect(read.labels).toEqual(['a.jpg=x', 'b.jpg=undefined', 'c.jpg=0@test']);
    expect(read.problems).toEqual([
      { code: 'jsonl-bad-line', severity: 'warning', file: 'd/metadata.jsonl', row: 2 },
      { code: 'jsonl-bad-line', severity: 'warning', file: 'd/metadata.jsonl', row: 4 },
      { code: 'csv-images-unlisted', severity: 'note', file: 'd/b.jpg', count: 1 },
    ]);
    const useless = await labelsOf([...pictures('d/a.jpg'), file('d/x.ndjson', '{"who": "me"}\n')]);
    expect(useless.problems[0]).toEqual({
      code: 'csv-no-columns',
      severity: 'warning',
      file: 'd/x.ndjson',
      columns: 'who',
      reason: 'lines',
    });
  });

  it('tells where the label of a row is empty, and takes its picture unsorted', async () => {
    const read = await labelsOf([...pictures('1.jpg', '2.jpg'), file('l.csv', 'file,label\n1.jpg,\n2.jpg,a\n')]);
    expect(read.labels).toEqual(['1.jpg=undefined', '2.jpg=a']);
    expect(read.problems).toEqual([
      { code: 'csv-label-empty', severity: 'warning', file: 'l.csv', row: 2, column: 'label', name: '1.jpg' },
    ]);
  });

  it('reads a Hugging Face image folder: tables beside the pictures of each split', async () => {
    const read = await labelsOf([
      ...pictures('d/train/0.png', 'd/train/1.png', 'd/test/0.png', 'd/test/sub/1.png'),
      file('d/train/metadata.csv', 'file_name,label\n0.png,a\n1.png,b\n'),
      file('d/test/metadata.jsonl', '{"file_name":"0.png","label":"b"}\n{"file_name":"sub/1.png","label":"a"}'),
    ]);
    expect(read).toEqual({
      name: 'd',
      labels: ['test/0.png=b@test', 'test/sub/1.png=a@test', 'train/0.png=a@train', 'train/1.png=b@train'],
      problems: [],
    });
  });

  it('takes labels from folders, and groups from a table without a label column', async () => {
    const { images, groups, problems } = await collectImages([
      ...pictures('d/train/cat/1.png', 'd/train/cat/2.png', 'd/train/dog/3.png', 'd/test/dog/4.png'),
      file('d/train/metadata.csv', 'file_name,camera,id\ncat/1.png,phone,a\ncat/2.png,slr,b\ndog/3.png,phone,c\n'),
      file('d/test/metadata.csv', 'file_name,camera,id\ndog/4.png,,d\n'),
    ]);
    expect(problems).toEqual([]);
    expect(images.map(({ path, label, split }) => [path, label, split])).toEqual([
      ['d/test/dog/4.png', 'dog', 'test'],
      ['d/train/cat/1.png', 'cat', 'train'],
      ['d/train/cat/2.png', 'cat', 'train'],
      ['d/train/dog/3.png', 'dog', 'train'],
    ]);
    expect(groups).toEqual([{ name: 'camera', values: ['phone', 'slr'], of: Int32Array.of(-1, 0, 1, 0) }]);
  });

  it('makes groups of columns with 2 to 50 values that do not name every row', async () => {
    const paths = Array.from({ length: 102 }, (_, i) => `${1000 + i}.jpg`);
    const rows = paths.map((path, i) => [path, i % 2 ? 'a' : 'b', i % 50, i % 51, i, 'same', i < 2 ? `only${i}` : '']);
    const csv = ['file,label,fifty,more,each,one,few', ...rows.map((row) => row.join(','))].join('\n');
    const { groups } = await collectImages([...pictures(...paths), file('l.csv', csv)]);
    expect(groups.map(({ name, values }) => [name, values.length])).toEqual([['fifty', 50]]);
    expect(groups[0]!.values.slice(0, 3)).toEqual(['0', '1', '2']);
    expect(groups[0]!.of[51]).toBe(1);
  });

  it('takes a lone column whose values repeat for the labels where nothing else tells classes apart', async () => {
    const csv = file('d/train.csv', 'image_id,breed\n1,pug\n2,pug\n3,husky\n4,husky\n');
    const read = await labelsOf([
      ...pictures('d/images/1.jpg', 'd/images/2.jpg', 'd/images/3.jpg', 'd/images/4.jpg'),
      csv,
    ]);
    expect(read.labels.map((label) => label.split('=')[1])).toEqual([
      'pug@train',
      'pug@train',
      'husky@train',
      'husky@train',
    ]);
    expect(read.problems).toEqual([
      { code: 'csv-label-guessed', severity: 'note', file: 'd/train.csv', column: 'breed' },
    ]);
    const captions = file('metadata.csv', 'file_name,text\n1.jpg,one\n2.jpg,two\n');
    const unsorted = await labelsOf([...pictures('1.jpg', '2.jpg'), captions]);
    expect(unsorted.labels).toEqual(['1.jpg=undefined', '2.jpg=undefined']);
    expect(unsorted.problems.map(({ code }) => code)).toEqual(['csv-no-columns', 'image-unlabelled']);
  });

  it('finds pictures by more of a path than was dropped', async () => {
    const rows = ['/home/me/d/a.jpg,x', 'C:\\Users\\me\\d\\b.jpg,y', '../d/c.jpg,z', '/home/me/e/a.jpg,x'];
    const read = await labelsOf([
      ...pictures('d/a.jpg', 'd/b.jpg', 'd/c.jpg'),
      file('d/l.csv', `path,label\n${rows.join('\n')}`),
    ]);
    expect(read.labels).toEqual(['a.jpg=x', 'b.jpg=y', 'c.jpg=z']);
    expect(read.problems.map(({ code, row }) => [code, row])).toEqual([['csv-file-missing', 5]]);
  });
});
