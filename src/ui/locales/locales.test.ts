import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const folder = import.meta.dirname;
const ui = join(folder, '..');
type Words = Record<string, string>;

/** `{ a: { b: 'x' } }` as `{ 'a.b': 'x' }`. */
const flat = (tree: object, path = ''): Words =>
  Object.fromEntries(
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === 'string' ? [[path + key, value]] : Object.entries(flat(value, `${path}${key}.`)),
    ),
  );
const read = (language: string, file: string): Words =>
  flat(JSON.parse(readFileSync(join(folder, language, file), 'utf8')));
const filesOf = (language: string): string[] => readdirSync(join(folder, language)).sort();
const gapsOf = (text: string): string[] => [...new Set(text.match(/{{\s*\w+|<\w+>/g) ?? [])].sort();

const PLURAL = /_(zero|one|two|few|many|other)$/;
const languages = readdirSync(folder).filter((name) => !name.includes('.'));
const namespaces = filesOf('en');

/** Words that are the same in both languages, or a name. */
const SAME: Record<string, readonly string[]> = {
  fr: [
    'Validation',
    'Test',
    '{{value}} points',
    'Patience',
    'Constant',
    'Alpha',
    'gradients',
    'activations',
    'photos, {{size}} px',
    '{{count, number}} classes',
    'Licence',
    'Image',
    'Images',
    'Classe',
    'Messages',
    'Conversations',
    '{{count, number}} conversations',
    '{{count, number}} conversation',
    'Gradients',
    '{{count, number}} token',
    '{{count, number}} tokens',
    'convolutions',
    'attention',
    'normalisation',
  ],
};
const NAMES =
  /^(Tuning Fork|WebGPU|WASM|Adam|AdamW|SGD|RMSProp|Lion|Muon|LoRA|L2-SP|MiniLM \(BERT\)|EfficientNet-Lite0|GPT-2|\(IA\)³|[A-Z]{1,5})$/;

test('English is there in every namespace', () => {
  expect(namespaces).toEqual(expect.arrayContaining(['data.json', 'model.json', 'problem.json', 'shell.json']));
});

describe.each(languages)('%s', (language) => {
  const categories = new Intl.PluralRules(language).resolvedOptions().pluralCategories;

  test('has the same namespaces as English', () => {
    expect(filesOf(language)).toEqual(namespaces);
  });

  test.each(filesOf(language).filter((file) => namespaces.includes(file)))(
    '%s has every key, plural and gap',
    (file) => {
      const english = read('en', file);
      const words = read(language, file);
      const expected = new Set(
        Object.keys(english).flatMap((key) => {
          const plural = key.match(PLURAL)?.[1];
          if (!plural || plural === 'zero') return [key];
          return categories.map((category) => key.replace(PLURAL, `_${category}`));
        }),
      );
      expect(Object.keys(words).sort()).toEqual([...expected].sort());
      for (const [key, text] of Object.entries(words)) {
        expect(text.trim(), key).not.toBe('');
        const source = english[key] ?? english[key.replace(PLURAL, '_other')] ?? '';
        // A form for one may say it without the number.
        const gaps = gapsOf(source).filter((gap) => !(key.endsWith('_one') && gap === '{{count'));
        expect(
          gapsOf(text).filter((gap) => !(key.endsWith('_one') && gap === '{{count')),
          key,
        ).toEqual(gaps);
      }
    },
  );

  if (language === 'en') return;
  test.each(filesOf(language))('%s leaves nothing in English', (file) => {
    const english = read('en', file);
    const left = Object.entries(read(language, file)).filter(([key, text]) => {
      const bare = text.replace(/{{.*?}}/g, '').trim();
      return english[key] === text && /\p{L}{2}/u.test(bare) && !NAMES.test(bare) && !SAME[language]?.includes(text);
    });
    expect(left).toEqual([]);
  });
});

test('every key that a screen names is in English', () => {
  const sources = readdirSync(ui, { recursive: true, encoding: 'utf8' }).filter(
    (path) => /\.tsx?$/.test(path) && !path.includes('.test.'),
  );
  const known = new Map(namespaces.map((file) => [file.replace('.json', ''), read('en', file)]));
  const missing: string[] = [];
  let used = 0;
  for (const path of sources) {
    const code = readFileSync(join(ui, path), 'utf8');
    const own = [...code.matchAll(/use(?:Kind)?Translation\(([^)]*)\)/g)].flatMap(
      (call) => call[1]?.match(/\w+/g) ?? [],
    );
    for (const match of code.matchAll(/(?:\bt\(|i18nKey=)'([\w:.-]+)'/g)) {
      const [head = '', tail] = (match[1] ?? '').split(':');
      const [spaces, key] = tail === undefined ? [own, head] : [[head], tail];
      used++;
      const found = spaces.some((name) => {
        const words = known.get(name) ?? {};
        return key in words || `${key}_other` in words;
      });
      if (!found) missing.push(`${path}: ${match[1]}`);
    }
  }
  expect(used).toBeGreaterThan(50);
  expect(missing).toEqual([]);
});
