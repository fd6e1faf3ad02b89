import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { classNames } from './classes.ts';
import { collectImages } from './files.ts';
import { codeOf, file, labelsOf, PNG, pictures } from './testing/dropped.ts';

const zip = (...paths: string[]) => zipSync(Object.fromEntries(paths.map((path) => [path, PNG])));

describe('bad input', () => {
  it('tells a zip in a zip by name and leaves it closed', async () => {
    const outer = zipSync({ 'a/1.png': PNG, 'b/1.png': PNG, 'more/inner.zip': zip('c/1.png') });
    const read = await labelsOf([file('outer.zip', outer)]);
    expect(read.labels).toEqual(['a/1.png=a', 'b/1.png=b']);
    expect(read.problems).toEqual([
      { code: 'zip-in-zip', severity: 'warning', file: 'outer.zip', entry: 'more/inner.zip' },
    ]);
    expect(await codeOf([file('outer.zip', zipSync({ 'inner.zip': zip('c/1.png') }))])).toEqual({
      code: 'zip-in-zip',
      file: 'outer.zip',
      entry: 'inner.zip',
    });
  });

  it('keeps the rest where one of several zips is damaged or a bomb', { timeout: 30_000 }, async () => {
    const bomb = zipSync({ 'bomb.bmp': new Uint8Array(40 * 2 ** 20) });
    const read = await labelsOf([...pictures('a/1.png', 'b/1.png'), file('bomb.zip', bomb), file('cut.zip', 'PK')]);
    expect(read.labels).toEqual(['a/1.png=a', 'b/1.png=b']);
    expect(read.problems).toEqual([
      { code: 'zip-too-large', severity: 'warning', file: 'bomb.zip', reason: 'ratio', limit: 200 },
      { code: 'zip-damaged', severity: 'warning', file: 'cut.zip', kept: 0 },
    ]);
    expect(await codeOf([file('bomb.zip', bomb), file('x.txt', 'x')])).toMatchObject({ code: 'zip-too-large' });
  });

  it('takes names in any script and of any length, composed as one', async () => {
    const names = ['猫', 'Қазақша', 'قطط', '🐈‍⬛', 'x'.repeat(250), 'Kra\u0308uter', 'Kr\u00e4uter'];
    const { images, problems } = await collectImages(names.flatMap((name) => pictures(`d/${name}/${name}.png`)));
    expect(problems.map(({ code }) => code)).toEqual(['same-path']);
    const classes = classNames(images.map(({ label }) => label));
    expect(classes.toSorted()).toEqual(['猫', 'Қазақша', 'قطط', '🐈‍⬛', 'x'.repeat(250), 'Kr\u00e4uter'].toSorted());
  });

  it('keeps two files of one path apart, and does not guess which of them a row means', async () => {
    const twice = pictures('a/1.png', 'a/1.png', 'a/1 (2).png', 'b/1.png');
    const read = await labelsOf(twice);
    expect(read.labels).toEqual(['a/1 (2).png=a', 'a/1.png=a', 'a/1 (3).png=a', 'b/1.png=b']);
    const same = { code: 'same-path', severity: 'note', file: 'a/1.png', name: 'a/1 (3).png' };
    expect(read.problems).toEqual([same]);
    const table = file('l.csv', 'file,label\na/1.png,x\nb/1.png,y\n');
    const labelled = await labelsOf([...twice, table]);
    expect(labelled.labels.map((label) => label.split('=')[1])).toEqual(['undefined', 'undefined', 'undefined', 'y']);
    expect(labelled.problems).toEqual([
      {
        code: 'csv-file-ambiguous',
        severity: 'warning',
        file: 'l.csv',
        row: 2,
        column: 'file',
        name: 'a/1.png',
        count: 2,
      },
      { code: 'csv-images-unlisted', severity: 'note', file: 'a/1 (2).png', count: 1 },
      same,
    ]);
  });

  it('tells hundreds of rows that name no file in twenty sentences and a count', async () => {
    const rows = Array.from({ length: 300 }, (_, i) => `none-${i}.png,x`).join('\n');
    const { problems } = await labelsOf([...pictures('a/1.png', 'b/1.png'), file('l.csv', `file,label\n${rows}\n`)]);
    expect(problems).toHaveLength(21);
    expect(problems[0]).toMatchObject({ code: 'csv-file-missing', file: 'l.csv', row: 2, name: 'none-0.png' });
    expect(problems[20]).toMatchObject({ code: 'and-more', problem: 'csv-file-missing', count: 280, row: 301 });
  });

  it('takes 500 classes', async () => {
    const paths = Array.from({ length: 1000 }, (_, i) => `d/${i % 500}/${i}.png`);
    const { images, problems } = await collectImages(pictures(...paths));
    expect(classNames(images.map(({ label }) => label))).toEqual(Array.from({ length: 500 }, (_, i) => String(i)));
    expect(problems).toEqual([]);
  });

  it('reads nothing of 10,000 pictures to sort them', async () => {
    const paths = Array.from({ length: 10_000 }, (_, i) => `d/class-${i % 20}/${i}.png`);
    const rows = paths.map((path, i) => `${path},x${i % 20}`).join('\n');
    const untouched = pictures(...paths).map(({ path, file }) => {
      const refuse = () => Promise.reject(new Error('read'));
      return { path, file: Object.assign(file, { arrayBuffer: refuse, slice: refuse, stream: refuse }) };
    });
    const { images } = await collectImages([...untouched, file('d/l.csv', `file,label\n${rows}\n`)]);
    expect(classNames(images.map(({ label }) => label))).toHaveLength(20);
  });
});
