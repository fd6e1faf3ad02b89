import { expect, test } from 'vitest';
import { note, warning } from '../protocol/problems.ts';
import { briefly } from './briefly.ts';

const missing = (file: string, row: number) =>
  warning('csv-file-missing', { file, row, column: 'file', name: `${row}` });
const upTo = (count: number, file: string) => Array.from({ length: count }, (_, i) => missing(file, i + 2));

test('tells twenty of a kind and counts the rest, for each table on its own', () => {
  const empty = Array.from({ length: 22 }, (_, i) => warning('file-empty', { file: `${i}.png` }));
  const other = note('image-unlabelled', { file: 'x', count: 1 });
  expect(briefly([...upTo(300, 'a.csv'), other, ...upTo(20, 'b.csv'), ...empty])).toEqual([
    ...upTo(20, 'a.csv'),
    warning('and-more', { file: 'a.csv', row: 301, reason: 'rows', problem: 'csv-file-missing', count: 280 }),
    other,
    ...upTo(20, 'b.csv'),
    ...empty.slice(0, 20),
    warning('and-more', { file: '21.png', reason: 'files', problem: 'file-empty', count: 2 }),
  ]);
});
