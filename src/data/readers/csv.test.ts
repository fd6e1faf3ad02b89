import { describe, expect, it } from 'vitest';
import { readCsv } from './csv.ts';

const read = (text: string) => readCsv(new TextEncoder().encode(text), 'labels.csv');

describe('readCsv', () => {
  it('finds columns by header, in any order and case, and keeps row numbers as a spreadsheet counts', () => {
    const { table, problems } = read(
      'Label,note,File_Name\nbasil,,a.jpg\n\n"mint, fresh","x\ny",b.jpg\ndill,,c.jpg,,\n',
    );
    expect(problems).toEqual([]);
    expect(table).toEqual({
      name: 'labels.csv',
      fileColumn: 'File_Name',
      labelled: true,
      others: ['note'],
      rows: [
        { row: 2, file: 'a.jpg', label: 'basil', others: [''] },
        { row: 4, file: 'b.jpg', label: 'mint, fresh', others: ['x\ny'] },
        { row: 5, file: 'c.jpg', label: 'dill', others: [''] },
      ],
    });
  });

  it('reads semicolons, tabs, a byte order mark and CRLF', () => {
    for (const text of [
      'image;class\r\na.jpg;x\r\nb.jpg;y\r\n',
      'image\tclass\na.jpg\tx\nb.jpg\ty',
      '\ufeffimage,class\na.jpg,x\nb.jpg,y',
    ]) {
      expect(read(text).table?.rows.map(({ file, label }) => file + label)).toEqual(['a.jpgx', 'b.jpgy']);
    }
  });

  it('reads what spreadsheets write besides UTF-8, and says what it took for Windows-1252', () => {
    const latin = Uint8Array.from('file,label\na.jpg,Kräuter\n', (c) => c.charCodeAt(0));
    const { table, problems } = readCsv(latin, 'l.csv');
    expect(table?.rows[0]?.label).toBe('Kräuter');
    expect(problems).toEqual([
      { code: 'csv-encoding', severity: 'warning', values: { file: 'l.csv', encoding: 'windows-1252' } },
    ]);
    const wide = new Uint8Array(Uint16Array.from('\ufefffile,label\na.jpg,Kräuter\n', (c) => c.charCodeAt(0)).buffer);
    expect(readCsv(wide, 'w.csv').table?.rows[0]?.label).toBe('Kräuter');
  });

  it('names row and column of what it cannot use, and keeps the rest', () => {
    const { table, problems } = read(
      'file,label,split\na.jpg,x,train\nb.jpg,x\nc.jpg,x,test,extra\nd.jpg, ,val\n,x,val\ne.jpg,y,holdout\n',
    );
    expect(table?.rows).toEqual([
      { row: 2, file: 'a.jpg', label: 'x', split: 'train', others: [] },
      { row: 5, file: 'd.jpg', split: 'validation', others: [] },
      { row: 7, file: 'e.jpg', label: 'y', others: [] },
    ]);
    expect(problems.map(({ code, values }) => [code, values])).toEqual([
      ['csv-ragged-row', { file: 'labels.csv', row: 3, expected: 3, found: 2 }],
      ['csv-ragged-row', { file: 'labels.csv', row: 4, expected: 3, found: 4 }],
      ['csv-label-empty', { file: 'labels.csv', row: 5, column: 'label', name: 'd.jpg' }],
      ['csv-file-missing', { file: 'labels.csv', row: 6, column: 'file', name: '' }],
      ['csv-split-unknown', { file: 'labels.csv', row: 7, column: 'split', value: 'holdout' }],
    ]);
  });

  it('takes names for labels where there are numbers too, and does without a label column', () => {
    const both = read('image_path,label,label_name\na.jpg,0,cat\n').table;
    expect(both).toMatchObject({ labelled: true, others: ['label'], rows: [{ label: 'cat', others: ['0'] }] });
    const none = read('file_name,camera\na.jpg,x\n');
    expect(none).toMatchObject({ table: { labelled: false, others: ['camera'] }, problems: [] });
    expect(none.table?.rows).toEqual([{ row: 2, file: 'a.jpg', others: ['x'] }]);
  });

  it('says which columns there are where the needed ones are not', () => {
    for (const text of ['name,kind\na.jpg,x\n', '', 'a.jpg,basil\nb.jpg,mint\n']) {
      const { table, problems } = read(text);
      expect(table).toBeNull();
      const columns = text.split('\n')[0]!.replace(',', ', ');
      expect(problems).toEqual([
        { code: 'csv-no-columns', severity: 'warning', values: { file: 'labels.csv', columns } },
      ]);
    }
  });
});
