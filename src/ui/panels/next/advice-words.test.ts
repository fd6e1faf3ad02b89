import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ADVICE_CODES } from '@/advice/facts.ts';
import { createFormat } from '@/ui/format.ts';
import { writeValue } from './advice-words.ts';

const words = JSON.parse(readFileSync(join(import.meta.dirname, '../../locales/en/advice.json'), 'utf8'));
const rules = ['data', 'fit', 'learning-rate', 'length'].map((name) =>
  readFileSync(join(import.meta.dirname, `../../../advice/rules/${name}.ts`), 'utf8'),
);

test('every finding has its words', () => {
  for (const code of ADVICE_CODES) {
    const keys = Object.keys(words[code] ?? {}).map((key) => key.replace(/_.*/, ''));
    expect(keys, code).toEqual(
      expect.arrayContaining(code.startsWith('try-') ? ['what', 'why'] : ['what', 'evidence', 'why']),
    );
  }
});

test('every reason that a rule gives is told by a sentence', () => {
  const reasons = rules.flatMap((text) => [...text.matchAll(/because: (?:\w+ \? )?'([\w-]+)'(?: : '([\w-]+)')?/g)]);
  const told = Object.values<Record<string, string>>(words).flatMap((each) =>
    Object.keys(each).flatMap((key) => /_(.*)/.exec(key)?.[1] ?? []),
  );
  const names = reasons.flatMap(([, first, second]) => [first!, ...(second ? [second] : [])]);
  expect(names.length).toBeGreaterThan(12);
  expect(names.filter((name) => !told.includes(name))).toEqual([]);
});

test('numbers are written as what they are', () => {
  const format = createFormat('en');
  expect(writeValue(format, 'trainLoss', 0.0213)).toBe('0.021');
  expect(writeValue(format, 'startLoss', 292791.79)).toBe('292,791.8');
  expect(writeValue(format, 'accuracy', 0.614)).toBe('61%');
  expect(writeValue(format, 'rate', 3e-4)).toBe('3e-4');
  expect(writeValue(format, 'epoch', 4)).toBe('4');
});
