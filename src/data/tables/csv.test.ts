import { describe, expect, it } from 'vitest';
import { blobOf, encode, read, rowsOf, told } from './testing.ts';

describe('a CSV of texts', () => {
  it('keeps cells as they are, with the line where each row begins', async () => {
    const table = await read('text,label\n"one, two",a\n\n"three\nlines\nof it", b \r\nfour,a,,\n');
    expect(table.columns).toEqual(['text', 'label']);
    expect(rowsOf(table)).toEqual([
      ['one, two', 'a'],
      ['three\nlines\nof it', ' b '],
      ['four', 'a'],
    ]);
    expect([...table.rows]).toEqual([2, 4, 7]);
    expect(table).toMatchObject({ format: 'csv', reading: { encoding: 'utf-8', delimiter: ',', header: true } });
    expect(table.problems).toEqual([]);
  });

  it.each([
    [',', 'text,label\ngood,1\nbad,0\n'],
    [';', 'text;label\ngood, really, very good;1\nbad;0\nso, so;1\n'],
    ['\t', 'text\tlabel\ngood; or not, who knows\t1\nbad\t0\n'],
    ['|', 'text|label\ngood, yes|1\nbad|0\n'],
  ])('finds the delimiter %j whatever stands in the texts', async (delimiter, content) => {
    const table = await read(content);
    expect(table.reading.delimiter).toBe(delimiter);
    expect(table.columns).toEqual(['text', 'label']);
    expect(told(table)).toEqual([]);
  });

  it('takes a column of sentences with commas for one column', async () => {
    const table = await read('text\nHello, world\nNothing here\nWell, yes, no\n');
    expect(table.columns).toEqual(['text']);
    expect(rowsOf(table)).toEqual([['Hello, world'], ['Nothing here'], ['Well, yes, no']]);
  });

  it.each([
    ['ham,Go until jurong point, crazy\n', 'ham,see you\nspam,win now\nham,ok then\n', false],
    ['label,message\n', 'ham,see you\nspam,win now\n', true],
    ['v1,v2\n', 'ham,see you tonight at the usual place\nspam,win now a prize of a thousand\n', true],
    ['1,This film is a wonder.\n', '0,This one is not.\n1,Go and see it.\n', false],
    ['метка;отзыв\n', '1;Хорошо\n0;Плохо\n', true],
    ['мәтін,сынып\n', 'Жақсы кітап,оң\n', true],
    ['内容,类别\n', '很好看,正面\n', true],
    ['name,remark\n', 'Anna,I liked it very much and would come again\nBea,It was too loud for me all night\n', true],
  ])('knows whether %j is a header', async (first, rest, header) => {
    const table = await read(first + rest, 'a.csv', { reading: { delimiter: first.includes(';') ? ';' : ',' } });
    expect(table.reading.header).toBe(header);
    if (!header) expect(table.columns).toEqual(['A', 'B']);
  });

  it('does as it is told instead of guessing', async () => {
    const content = 'text,label\ngood,1\n';
    const table = await read(content, 'a.csv', {
      reading: { header: false, delimiter: ';', encoding: 'windows-1252' },
    });
    expect(table.reading).toEqual({ encoding: 'windows-1252', delimiter: ';', header: false });
    expect(rowsOf(table)).toEqual([['text,label'], ['good,1']]);
  });

  it('names ragged rows with the column, and keeps the others', async () => {
    const table = await read('text,label,who\ngood,1,me\nbad,0\nfine, really,1,me\nwell,1,you\n');
    expect(rowsOf(table)).toEqual([
      ['good', '1', 'me'],
      ['well', '1', 'you'],
    ]);
    expect(told(table)).toEqual([
      { code: 'csv-ragged-row', severity: 'warning', row: 3, column: 'who', expected: 3, found: 2, reason: 'short' },
      { code: 'csv-ragged-row', severity: 'warning', row: 4, column: 'who', expected: 3, found: 4, reason: 'long' },
    ]);
  });

  it('names empty and doubled headers, and drops columns without anything in them', async () => {
    const table = await read(',text,text,\n7,a,b,\n8,c,d,\n');
    expect(table.columns).toEqual(['A', 'text', 'text (2)']);
    expect(told(table)).toEqual([
      { code: 'table-column-named', severity: 'note', column: '', name: 'A', reason: 'empty' },
      { code: 'table-column-named', severity: 'note', column: 'text', name: 'text (2)', reason: 'twice' },
    ]);
  });

  it('passes over what Excel and pandas add: the delimiter in a line of its own, the number of the row', async () => {
    const excel = await read('\ufeffsep=;\r\ntext;label\r\ngood, really;1\r\n');
    expect([excel.columns, rowsOf(excel), [...excel.rows]]).toEqual([['text', 'label'], [['good, really', '1']], [3]]);
    const pandas = await read(',text,label\n0,good,1\n1,bad,0\n');
    expect([pandas.columns, pandas.problems]).toEqual([['text', 'label'], []]);
  });

  it('says that there is nothing: no bytes, a header alone, blanks alone', async () => {
    expect(told(await read(''))).toEqual([{ code: 'file-empty', severity: 'warning' }]);
    const alone = await read('text,label\n');
    expect([alone.columns, alone.rows.length, told(alone)]).toEqual([
      ['text', 'label'],
      0,
      [{ code: 'table-no-rows', severity: 'warning' }],
    ]);
    expect(told(await read('\n\n  \n'))).toEqual([{ code: 'table-no-rows', severity: 'warning' }]);
  });

  it('keeps a text of a megabyte, emoji alone and 500 columns, and takes out zero bytes', async () => {
    const long = 'all work and no play '.repeat(50_000);
    const table = await read(`text,label\n"${long}",a\n👍🏽🎉,b\nn\0ul,c\n`);
    expect(rowsOf(table)).toEqual([
      [long, 'a'],
      ['👍🏽🎉', 'b'],
      ['nul', 'c'],
    ]);
    expect(told(table)).toEqual([
      { code: 'text-long', severity: 'note', row: 2, column: 'text', characters: long.length },
      { code: 'text-nul', severity: 'note', row: 4, column: 'text' },
    ]);
    const names = Array.from({ length: 500 }, (_, i) => `c${i}`);
    const wide = await read(`${names.join(',')}\n${names.map((_, i) => i).join(',')}\n`);
    expect([wide.columns.length, wide.cells[499]]).toEqual([500, ['499']]);
  });

  it('tells hundreds of rows that are wrong in twenty sentences and a count', async () => {
    const table = await read(`text,label\n${'good,1\n'.repeat(500)}${'bad\n'.repeat(300)}`);
    expect(table.rows).toHaveLength(500);
    expect(table.problems).toHaveLength(21);
    expect(table.problems.at(-1)).toMatchObject({ code: 'and-more', values: { count: 280, row: 801 } });
  });

  it('reads 200,000 rows in steps between which the worker answers', { timeout: 60_000 }, async () => {
    const rows = Array.from({ length: 200_000 }, (_, i) => `"row ${i}, ${'with some words '.repeat(10)}",c${i % 5}\n`);
    const steps: number[] = [0];
    const onProgress = (done: number) => steps.push(done);
    const table = await read(`text,label\n${rows.join('')}`, 'a.csv', { onProgress });
    expect([table.rows.length, table.rows.at(-1), table.problems]).toEqual([200_000, 200_001, []]);
    // A quarter of a megabyte takes some milliseconds; a bound in time would fail on a machine that is busy.
    const longest = Math.max(...steps.slice(1).map((done, i) => done - steps[i]!));
    expect(longest).toBeLessThanOrEqual(256 * 1024);
  });

  it('takes the split from the name of the file or of its folder', async () => {
    const split = async (path: string) => (await read('text\na\n', path)).split;
    const paths = {
      'train.csv': 'train',
      'd/imdb_test.csv': 'test',
      'd/validation-00000-of-00001-ab12.csv': 'validation',
      'd/dev.tsv': 'validation',
      'data/test/part-0.csv': 'test',
      'valid/x.csv': 'validation',
      'reviews.csv': undefined,
      'train_test.csv': undefined,
      'latest.csv': undefined,
    };
    for (const [path, expected] of Object.entries(paths)) expect([path, await split(path)]).toEqual([path, expected]);
  });
});

describe('a quote that is never closed', () => {
  const header = 'text,label\n';
  it('takes in one line only, and is named', async () => {
    const table = await read(`${header}fine,a\n"never closed,b\nnext,a\n"quoted, text",b\nlast,a\n`);
    expect(rowsOf(table)).toEqual([
      ['fine', 'a'],
      ['never closed', 'b'],
      ['next', 'a'],
      ['quoted, text', 'b'],
      ['last', 'a'],
    ]);
    expect([...table.rows]).toEqual([2, 3, 4, 5, 6]);
    expect(told(table)).toEqual([{ code: 'csv-quote-open', severity: 'warning', row: 3 }]);
  });

  it('is found where no other quote follows, and right before one', async () => {
    const end = await read(`${header}fine,a\n"Hello, world,b\nnext,a\nlast,a\n`);
    expect(rowsOf(end)).toEqual([
      ['fine', 'a'],
      ['Hello, world', 'b'],
      ['next', 'a'],
      ['last', 'a'],
    ]);
    expect(told(end).map(({ code, row }) => [code, row])).toEqual([['csv-quote-open', 3]]);
    const before = await read(`${header}"open,a\n"quoted, text",b\nlast,a\n`);
    expect(rowsOf(before)).toEqual([
      ['open', 'a'],
      ['quoted, text', 'b'],
      ['last', 'a'],
    ]);
  });

  it('is not seen in texts of many lines, with quotes and commas in them', async () => {
    const poem = 'Tyger Tyger, burning bright,\nIn the forests of the night;\nWhat immortal hand or eye,\nCould';
    const mail = 'Dear all,\nplease come, thanks\nBob';
    const said = 'He said:\n""hi"" to me';
    const table = await read(`${header}"${poem}",a\n"${mail}",b\n"${said}",a\n`);
    expect(rowsOf(table)).toEqual([
      [poem, 'a'],
      [mail, 'b'],
      [said.replaceAll('""', '"'), 'a'],
    ]);
    expect(told(table)).toEqual([]);
  });

  it('takes in no more where another line happens to end in a quote', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => `row ${i},a`).join('\n');
    const table = await read(`${header}"open,b\n${rows}\na pipe of 6",b\nlast,a\n`);
    expect(told(table).map(({ code, row }) => [code, row])).toEqual([['csv-quote-open', 2]]);
    expect(table.rows).toHaveLength(63);
  });

  it('means nothing in a file that does not use quotes so, whatever its length', { timeout: 60_000 }, async () => {
    const rows = Array.from({ length: 50_000 }, (_, i) => `"tis row ${i}\tb`).join('\n');
    const started = performance.now();
    const table = await read(`text\tlabel\n${rows}\n`, 'a.tsv');
    expect(table.rows).toHaveLength(50_000);
    expect(table.cells[0]!.slice(0, 2)).toEqual(['tis row 0', 'tis row 1']);
    // Looking for the other quote of each to the end of the file would take minutes.
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});

describe('encodings of a CSV', () => {
  it('names the row of bytes that mean nothing', async () => {
    const bytes = new TextEncoder().encode('text,label\nécole,à\nété,b\nnoël,é\ngarçon,ç\nforêt,ê\ndéjà,è\nx,z\n');
    const broken = Uint8Array.from([...bytes, 0xff, ...new TextEncoder().encode('y,z\n')]);
    const table = await read(broken);
    expect(table.reading.encoding).toBe('utf-8');
    expect(table.rows).toHaveLength(8);
    expect(told(table)).toEqual([
      { code: 'text-encoding', severity: 'warning', row: 9, column: 'text', encoding: 'utf-8' },
    ]);
  });

  it('says that Kazakh letters were lost, as Windows-1251 loses them', async () => {
    const kazakh =
      'мәтін,белгі\nҚазақстан тәуелсіз мемлекет,оң\nБүгін ауа райы жақсы болды,оң\nКітап қызықсыз екен,теріс\n';
    const table = await read(encode(kazakh, 'windows-1251'));
    expect(table.reading.encoding).toBe('windows-1251');
    const lost = told(table).find(({ code }) => code === 'text-letters-lost');
    expect(lost).toMatchObject({ severity: 'warning', row: 2, count: 3 });
    const russian = 'текст,метка\nЧто?Как?Зачем,1\nПривет всем друзьям,0\n';
    expect(told(await read(encode(russian, 'windows-1251')))).toEqual([]);
  });

  it('decodes letters across the steps in which it reads, and finds the encoding behind a megabyte of ASCII', async () => {
    const ascii = 'plain words here,a\n'.repeat(70_000);
    for (const encoding of ['windows-1251', 'gb18030'] as const) {
      const text = encoding === 'gb18030' ? '这部电影很好看，我们都很喜欢它' : 'Отличный фильм, всем советую';
      const last = encode(`"${text}",b\n`, encoding);
      const table = await read(
        new Uint8Array(
          await blobOf(`text,label\n${ascii}`)
            .arrayBuffer()
            .then((head) => {
              const all = new Uint8Array(head.byteLength + last.length);
              all.set(new Uint8Array(head));
              all.set(last, head.byteLength);
              return all;
            }),
        ),
      );
      expect(table.reading.encoding).toBe(encoding);
      expect(table.cells[0]!.at(-1)).toBe(text);
    }
    const kazakh = 'Сәлеметсіз бе, қалыңыз қалай? '.repeat(40);
    const many = await read(`text,label\n${`"${kazakh}",a\n`.repeat(600)}`);
    expect(new Set(many.cells[0])).toEqual(new Set([kazakh]));
  });
});
