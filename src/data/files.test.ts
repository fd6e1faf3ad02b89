import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { collectImages } from './files.ts';
import { codeOf, file, labelsOf, PNG, pictures } from './testing/dropped.ts';

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
      problems: [],
    });
  });

  it('keeps the only class folder', async () => {
    expect((await labelsOf(pictures('herbs/basil/1.jpg', 'herbs/basil/2.jpg'))).labels[0]).toBe('basil/1.jpg=basil');
    expect(await labelsOf(pictures('basil/1.jpg', 'basil/2.jpg'))).toMatchObject({
      name: 'basil',
      labels: ['1.jpg=basil', '2.jpg=basil'],
    });
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
    expect(read.labels).toEqual(['basil/1.jpg=basil', 'cover.jpg=undefined', 'mint/1.jpg=mint']);
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
      file('LICENSE', 'MIT'),
      file('a/photo.HEIC', new Uint8Array([0, 0, 0, 24, ...strToU8('ftypheic'), 0, 0, 0, 0, ...strToU8('mif1heic')])),
      file('b/scan.tif', new Uint8Array([0x49, 0x49, 0x2a, 0, 8, 0, 0, 0])),
    ]);
    expect(filesRead).toBe(6);
    expect(problems.map(({ code, severity, values }) => [severity, code, values.file, values.reason])).toEqual([
      ['warning', 'file-empty', 'a/empty.png', undefined],
      ['note', 'file-not-image', 'LICENSE', 'text'],
      ['warning', 'file-not-image', 'a/photo.HEIC', 'heic'],
      ['warning', 'file-not-image', 'b/scan.tif', 'tiff'],
    ]);
  });

  it('takes loose pictures unsorted and says so', async () => {
    expect(await labelsOf(pictures('1.jpg', '2.jpg'))).toEqual({
      name: 'dataset',
      labels: ['1.jpg=undefined', '2.jpg=undefined'],
      problems: [{ code: 'image-unlabelled', severity: 'note', file: '1.jpg', count: 2, reason: 'all' }],
    });
  });

  it('says why there is no picture', async () => {
    expect(await codeOf([])).toEqual({ code: 'no-images', filesRead: 0, reason: 'empty' });
    expect(await codeOf([file('a/readme.txt', 'x')])).toEqual({ code: 'no-images', filesRead: 1 });
    const heic = new Uint8Array([0, 0, 0, 24, ...strToU8('ftypheic'), 0, 0, 0, 0, ...strToU8('mif1heic')]);
    expect(await codeOf([file('a/1.heic', heic), file('a/2.txt', 'x')])).toEqual({
      code: 'no-images',
      filesRead: 2,
      file: 'a/1.heic',
      reason: 'heic',
    });
    expect(await codeOf([file('a/1.jpg', '')])).toMatchObject({ file: 'a/1.jpg', reason: 'zero' });
  });
});

describe('folders in folders', () => {
  const notesOf = async (...paths: string[]) => {
    const { labels, problems } = await labelsOf(pictures(...paths));
    return [[...new Set(labels.map((label) => label.split('=')[1]))], problems] as const;
  };

  it('goes inwards where the outer folder tells no classes apart, below splits too', async () => {
    const nested = { code: 'folders-nested', severity: 'note', reason: 'inner' };
    expect(await notesOf('d/train/herbs/basil/1.jpg', 'd/train/herbs/mint/1.jpg', 'd/test/herbs/mint/2.jpg')).toEqual([
      ['mint@test', 'basil@train', 'mint@train'],
      [{ ...nested, file: 'd/test/herbs/mint/2.jpg', class: 'mint' }],
    ]);
    expect(await notesOf('cover.jpg', 'herbs/basil/1.jpg', 'herbs/mint/1.jpg', 'herbs/mint/2.jpg')).toEqual([
      ['undefined', 'basil', 'mint'],
      [
        { ...nested, file: 'herbs/basil/1.jpg', class: 'basil' },
        { code: 'image-unlabelled', severity: 'warning', file: 'cover.jpg', count: 1 },
      ],
    ]);
  });

  it('stays outside where that tells classes apart, and says so where inner folders could be meant', async () => {
    expect(await notesOf('d/cat/tabby/1.jpg', 'd/cat/siamese/2.jpg', 'd/dog/3.jpg')).toEqual([
      ['cat', 'dog'],
      [{ code: 'folders-nested', severity: 'note', file: 'd/cat/siamese/2.jpg', class: 'cat', reason: 'outer' }],
    ]);
  });

  it('takes a few pictures in an inner folder for no class', async () => {
    expect(await notesOf('basil/1.jpg', 'basil/2.jpg', 'basil/3.jpg', 'basil/old/4.jpg')).toEqual([['basil'], []]);
  });

  it('takes pictures right in split folders as unsorted, in their splits', async () => {
    const [labels, problems] = await notesOf('d/train/1.jpg', 'd/train/2.jpg', 'd/test/3.jpg');
    expect(labels).toEqual(['undefined@test', 'undefined@train']);
    expect(problems).toMatchObject([{ code: 'image-unlabelled', reason: 'all' }]);
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
    expect(await labelsOf([file('loose.zip', zip('1.jpg', '2.jpg'))])).toMatchObject({
      name: 'loose',
      labels: ['1.jpg=undefined', '2.jpg=undefined'],
    });
  });

  it('reads several as folders', async () => {
    const files = [file('basil.zip', zip('1.jpg')), file('mint.zip', zip('mint/1.jpg')), file('dill/3.jpg')];
    expect((await labelsOf(files)).labels).toEqual(['basil/1.jpg=basil', 'dill/3.jpg=dill', 'mint/mint/1.jpg=mint']);
  });
});
