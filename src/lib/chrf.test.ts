import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { chrf } from './chrf.ts';

const pairs: { written: string; expected: string; chrf: number }[] = JSON.parse(
  await readFile(new URL('./fixtures/chrf.json', import.meta.url), 'utf8'),
);

describe('chrF2', () => {
  it.each(pairs)('equals sacrebleu: "$written" for "$expected"', ({ written, expected, chrf: score }) => {
    expect(chrf(written, expected)).toBeCloseTo(score, 8);
  });
});
