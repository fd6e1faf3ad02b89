import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { problemOf, read, rowsOf, told } from './testing.ts';

/** By `scripts/samples/table_fixtures.py`. */
const fixture = (name: string): Uint8Array => new Uint8Array(readFileSync(join(import.meta.dirname, 'fixtures', name)));
const TEXTS = [
  'Очень хороший отель, вернусь ещё',
  'Было грязно\nи шумно',
  'Бұл қонақүй маған ұнады 👍',
  'Le café était « délicieux »',
  '这家餐厅的菜很好吃',
];

describe('a workbook', () => {
  it('gives the sheet with the most rows, by its own row numbers, and names the others', async () => {
    const table = await read(fixture('reviews.xlsx'), 'Анкета.xlsx');
    expect(table).toMatchObject({ format: 'xlsx', reading: { header: true } });
    expect(table.columns).toEqual(['отзыв', 'метка', 'оценка', 'дата', 'проверен']);
    expect(rowsOf(table)).toEqual(
      TEXTS.map((text, i) => [text, i === 1 ? 'против' : 'за', `${i + 0.5}`, `2026-01-0${i + 1}`, `${i % 2 === 0}`]),
    );
    expect([...table.rows]).toEqual([2, 3, 5, 6, 7]);
    expect(told(table)).toEqual([{ code: 'xlsx-other-sheets', severity: 'note', sheet: 'Отзывы', others: 'Сводка' }]);
  });

  it('is read whatever it is called, and without a header where one says so', async () => {
    const table = await read(fixture('reviews.xlsx'), 'reviews.csv', { reading: { header: false } });
    expect([table.format, table.columns.slice(0, 2), table.cells[0]![0]]).toEqual(['xlsx', ['A', 'B'], 'отзыв']);
  });

  it('is refused where it unpacks without bound or is none', { timeout: 30_000 }, async () => {
    const bomb = zipSync({ 'xl/worksheets/sheet1.xml': new Uint8Array(40 * 2 ** 20) });
    expect(await problemOf(read(bomb, 'bomb.xlsx'))).toMatchObject({ code: 'zip-too-large', reason: 'ratio' });
    const other = zipSync({ 'word/document.xml': strToU8('<document/>') });
    expect(await problemOf(read(other, 'letter.xlsx'))).toEqual({
      code: 'table-unreadable',
      file: 'letter.xlsx',
      reason: 'xlsx',
    });
  });
});

describe('a parquet file', () => {
  it('of Hugging Face gives its class names, split, and lists as JSON', async () => {
    const table = await read(fixture('train-00000-of-00001.parquet'), 'data/train-00000-of-00001.parquet');
    expect(table).toMatchObject({ format: 'parquet', split: 'train', columns: ['text', 'label', 'messages', 'when'] });
    const [texts, labels, messages, when] = table.cells;
    expect(texts).toEqual(TEXTS);
    expect(labels).toEqual(['positive', 'negative', 'positive', '', '']);
    expect(JSON.parse(messages![0]!)).toEqual([
      { role: 'user', content: TEXTS[0] },
      { role: 'assistant', content: 'за' },
    ]);
    expect(when![0]).toBe('2026-01-01T12:00:00.000Z');
    expect([...table.rows]).toEqual([1, 2, 3, 4, 5]);
    expect(table.problems).toEqual([]);
  });

  it.each(['gzip', 'zstd', 'brotli', 'lz4'])('is read where it is packed with %s', async (compression) => {
    const table = await read(fixture(`${compression}.parquet`), `${compression}.parquet`);
    expect(table.cells).toEqual([TEXTS]);
  });

  it('is read in steps, and named where it is cut', async () => {
    const data = Array.from({ length: 5000 }, (_, i) => `text ${i}`);
    const bytes = new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'text', data, type: 'STRING' }] }));
    const progress: number[] = [];
    const table = await read(bytes, 'a.parquet', { onProgress: (done) => progress.push(done) });
    expect(table.cells).toEqual([data]);
    expect(progress).toEqual([2000, 4000, 5000]);
    for (const part of [bytes.slice(0, -10), Uint8Array.from([...bytes.slice(0, 100), ...bytes.slice(-200)])]) {
      expect(await problemOf(read(part, 'a.parquet'))).toMatchObject({ code: 'table-unreadable', reason: 'parquet' });
    }
  });
});
