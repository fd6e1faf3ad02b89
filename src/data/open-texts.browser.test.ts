import { expect, it } from 'vitest';
import { breathe } from '../lib/breathe.ts';
import { DEFAULT_SPLIT } from '../protocol/dataset.ts';
import { openTexts } from './open-texts.ts';

const ROWS = 200_000;

it('lets messages run while 200,000 rows are read, searched and told of', async () => {
  const rows = Array.from(
    { length: ROWS },
    (_, i) => `"Row ${i}, of a shop that sells herbs",${['good', 'bad'][i % 2]}`,
  );
  const file = new Blob([`text,label\n${rows.join('\n')}\n`]);
  const progress: number[] = [];
  let turns = 0;
  let done = false;
  const others = (async () => {
    while (!done) {
      await breathe();
      turns++;
    }
  })();
  const onBytes = (read: number, total: number) => progress.push(read / total);
  const options = { id: 'many', split: DEFAULT_SPLIT, onBytes };
  const texts = await openTexts([{ path: 'many.csv', file }], options);
  const opening = turns;
  const found = await texts.find('row 19999');
  const finding = turns - opening;
  done = true;
  await others;
  expect(texts.length).toBe(ROWS);
  expect(found).toHaveLength(11);
  expect(progress.at(-1)).toBe(1);
  expect(progress.length).toBeGreaterThan(20);
  expect(opening).toBeGreaterThan(10);
  // a turn comes when time is up: how many there are is the machine's
  expect(finding).toBeGreaterThan(0);
  // what the page is told again at every edit: a few megabytes of numbers
  const { examples, tables } = texts.summary();
  const bytes = Object.values(examples).reduce((sum, one) => sum + (ArrayBuffer.isView(one) ? one.byteLength : 0), 0);
  expect(bytes / ROWS).toBeLessThan(20);
  expect(tables[0]!.preview).toHaveLength(5);
  expect(texts.summary().examples.lengths).toBe(examples.lengths);
}, 60_000);
