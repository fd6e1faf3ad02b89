import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import type { DroppedFile } from '../protocol/dataset.ts';
import { ProblemError } from '../protocol/problems.ts';
import { collectImages } from './files.ts';

const PNG = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);
const file = (path: string, content: string | Uint8Array = PNG): DroppedFile => ({
  path,
  file: new Blob([content as Uint8Array<ArrayBuffer>]),
});
const pictures = (...paths: string[]) => paths.map((path) => file(path));
const labelsOf = async (files: DroppedFile[]) => {
  const { name, images, problems } = await collectImages(files);
  const top = name === 'dataset' ? '' : `${name}/`;
  const labels = images.map(
    ({ path, label, split }) => `${path.slice(path.indexOf(top) + top.length)}=${label}${split ? `@${split}` : ''}`,
  );
  return { name, labels, problems: problems.map(({ code, severity, values }) => ({ code, severity, ...values })) };
};
const codeOf = async (files: DroppedFile[]) => {
  const error = await collectImages(files).catch((e: unknown) => e);
  if (!(error instanceof ProblemError)) throw new Error(`no problem: ${String(error)}`);
  return { code: error.problem.code, ...error.problem.values };
};

describe('folders', () => {
  it('strips the folder that holds everything and sorts by path', async () => {
    const files = pictures('herbs/mint/1.jpg', 'herbs/basil/2.jpg', 'herbs/basil/1.jpg');
    expect(await labelsOf(files)).toEqual({
      name: 'herbs',
      labels: ['basil/1.jpg=basil', 'basil/2.jpg=basil', 'mint/1.jpg=mint'],
      problems: [],
    });
  });

  it('takes the class from the folder under the root, however deep the file', async () => {
    const files = pictures('data/herbs/basil/old/x/1.jpg', 'data/herbs/mint/2.jpg');
    expect(await labelsOf(files)).toMatchObject({
      name: 'herbs',
      labels: ['basil/old/x/1.jpg=basil', 'mint/2.jpg=mint'],
    });
  });

  it('keeps the only class folder', async () => {
    expect((await labelsOf(pictures('herbs/basil/1.jpg', 'herbs/basil/2.jpg'))).labels[0]).toBe('basil/1.jpg=basil');
    expect((await labelsOf(pictures('basil/1.jpg', 'basil/2.jpg'))).labels[0]).toBe('basil/1.jpg=basil');
  });

  it('recognises given splits by any of their names', async () => {
    const files = pictures('herbs/train/basil/1.jpg', 'herbs/val/basil/2.jpg', 'herbs/test/mint/3.jpg');
    expect((await labelsOf(files)).labels).toEqual([
      'test/mint/3.jpg=mint@test',
      'train/basil/1.jpg=basil@train',
      'val/basil/2.jpg=basil@validation',
    ]);
    const valid = await labelsOf(pictures('Train/a/1.jpg', 'valid/a/2.jpg', 'validation/b/3.jpg'));
    expect(valid.labels).toEqual([
      'Train/a/1.jpg=a@train',
      'valid/a/2.jpg=a@validation',
      'validation/b/3.jpg=b@validation',
    ]);
  });

  it('lets a class be called test, and a lone train folder be the root', async () => {
    expect((await labelsOf(pictures('d/test/1.jpg', 'd/control/1.jpg'))).labels).toContain('test/1.jpg=test');
    expect(await labelsOf(pictures('herbs/train/a/1.jpg', 'herbs/train/b/1.jpg'))).toMatchObject({
      name: 'herbs',
      labels: ['train/a/1.jpg=a', 'train/b/1.jpg=b'],
    });
  });

  it('tells of pictures beside the class folders', async () => {
    const read = await labelsOf(pictures('herbs/cover.jpg', 'herbs/basil/1.jpg', 'herbs/mint/1.jpg'));
    expect(read.labels).toHaveLength(2);
    expect(read.problems).toEqual([
      { code: 'image-unlabelled', severity: 'warning', file: 'herbs/cover.jpg', count: 1 },
    ]);
  });

  it('ignores hidden and system files, and tells of the rest by content', async () => {
    const { filesRead, problems } = await collectImages([
      ...pictures('a/1.jpg', 'b/1.jpg', '.git/x.png', 'a/.hidden.png', '__MACOSX/a/._1.jpg'),
      file('a/Thumbs.db', 'x'),
      file('desktop.ini', 'x'),
      file('a/empty.png', ''),
      file('a/text.jpg', 'no picture'),
      file('LICENSE', 'MIT'),
      file('a/photo.HEIC', new Uint8Array([0, 0, 0, 24, ...strToU8('ftypheic'), 0, 0, 0, 0, ...strToU8('mif1heic')])),
      file('b/scan.tif', new Uint8Array([0x49, 0x49, 0x2a, 0, 8, 0, 0, 0])),
    ]);
    expect(filesRead).toBe(7);
    expect(problems.map(({ code, severity, values }) => [severity, code, values.file, values.found])).toEqual([
      ['warning', 'file-empty', 'a/empty.png', undefined],
      ['warning', 'file-not-image', 'a/text.jpg', 'text'],
      ['note', 'file-not-image', 'LICENSE', 'text'],
      ['warning', 'file-not-image', 'a/photo.HEIC', 'heic'],
      ['warning', 'file-not-image', 'b/scan.tif', 'tiff'],
    ]);
  });

  it('says when there is no picture or no label', async () => {
    expect(await codeOf([])).toMatchObject({ code: 'no-images' });
    expect(await codeOf([file('a/readme.txt', 'x')])).toMatchObject({ code: 'no-images', filesRead: 1 });
    expect(await codeOf(pictures('1.jpg', '2.jpg'))).toEqual({ code: 'no-labels', count: 2 });
  });
});

describe('zips', () => {
  const zip = (...paths: string[]) => zipSync(Object.fromEntries(paths.map((path) => [path, PNG])));

  it('reads one as its contents, named by its top folder, else by itself', async () => {
    const inner = zip('herbs/basil/1.jpg', 'herbs/mint/1.jpg', '__MACOSX/herbs/basil/._1.jpg');
    expect(await labelsOf([file('download.zip', inner)])).toMatchObject({ name: 'herbs', labels: { length: 2 } });
    expect(await labelsOf([file('x/my.herbs.zip', zip('basil/1.jpg', 'mint/1.jpg'))])).toMatchObject({
      name: 'my.herbs',
    });
    expect(await codeOf([file('loose.zip', zip('1.jpg', '2.jpg'))])).toEqual({ code: 'no-labels', count: 2 });
  });

  it('reads several as folders', async () => {
    const files = [file('basil.zip', zip('1.jpg')), file('mint.zip', zip('mint/1.jpg')), file('dill/3.jpg')];
    expect((await labelsOf(files)).labels).toEqual(['basil/1.jpg=basil', 'dill/3.jpg=dill', 'mint/mint/1.jpg=mint']);
  });
});

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
    expect(read.labels).toEqual(['x/1.jpg=a', 'x/2.jpg=b']);
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
      { code: 'csv-images-unlisted', severity: 'note', file: 'd/x/3.jpg', count: 2 },
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

  it('falls back on folders where the header is no use, and else says so', async () => {
    const csv = file('d/notes.csv', 'who,when\nme,now\n');
    const read = await labelsOf([...pictures('d/a/1.jpg', 'd/b/1.jpg'), csv]);
    expect(read.labels).toEqual(['a/1.jpg=a', 'b/1.jpg=b']);
    expect(read.problems[0]).toMatchObject({ code: 'csv-no-columns', columns: 'who, when' });
    expect(await codeOf([...pictures('1.jpg'), csv])).toMatchObject({ code: 'csv-no-columns', file: 'd/notes.csv' });
  });
});
