import { readFileSync } from 'node:fs';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { type FindingKind, NONE, UNLABELLED } from '../../../protocol/dataset.ts';
import { type Coverage, type TextColumns, textReport } from './index.ts';
import { countWords, wordsOf } from './normal.ts';

const SPEECHES = readFileSync(new URL('fixtures/speeches.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n');

interface Row {
  text: string;
  label?: number;
  split?: number;
  excluded?: boolean;
}
const columns = (rows: readonly Row[], classes = ['peace', 'money'], coverage?: Coverage): TextColumns => ({
  classes,
  labels: Int32Array.from(rows, ({ label = 0 }) => label),
  splits: Int8Array.from(rows, ({ split = 0 }) => split),
  excluded: Uint8Array.from(rows, ({ excluded = false }) => Number(excluded)),
  texts: rows.map(({ text }) => text),
  ...(coverage ? { coverage } : {}),
});
/** Ids 0 to 299. */
const clean: Row[] = SPEECHES.map((text, i) => ({ text, label: i % 2, split: i % 3 }));
const find = async (extra: readonly Row[], kind?: FindingKind) => {
  const findings = await textReport(columns([...clean, ...extra]));
  return kind ? findings.filter((finding) => finding.kind === kind) : findings;
};
const brief = (findings: Awaited<ReturnType<typeof find>>) =>
  findings.map(({ kind, cases, remedy }) => ({ kind, ids: cases.map(({ ids }) => [...ids]), remedy }));
const exclude = (...ids: number[]) => ({ kind: 'exclude', ids });
const spaced = (text: string) => ` ${text.toUpperCase().replaceAll(' ', '  ')}\n`;

describe('a report on texts', () => {
  it('says nothing of a clean set, labelled or not', async () => {
    expect(await textReport(columns(clean))).toEqual([]);
    expect(await textReport(columns(clean.slice(0, 5), [UNLABELLED]))).toEqual([]);
  });

  it('tells of copies within a split, exact and near, and leaves one of each', async () => {
    const rows = [{ text: spaced(SPEECHES[0]!) }, { text: SPEECHES[6]!.replace('.', ' !!').replace(/^\w+ /, '') }];
    expect(brief(await find(rows))).toEqual([
      { kind: 'exact-duplicates', ids: [[0, 300]], remedy: exclude(300) },
      { kind: 'near-duplicates', ids: [[6, 301]], remedy: exclude(301) },
    ]);
  });

  it('tells of a text in two splits as leakage and as nothing else; the test example stays', async () => {
    const rows = [
      { text: spaced(SPEECHES[0]!), split: 2 },
      { text: `Quote: ${SPEECHES[6]!}`, split: 1 },
    ];
    expect(brief(await find(rows))).toEqual([
      {
        kind: 'leakage',
        ids: [
          [300, 0],
          [6, 301],
        ],
        remedy: exclude(0, 6),
      },
    ]);
  });

  it('leaves out every text that has two labels', async () => {
    const rows = [
      { text: spaced(SPEECHES[0]!), label: 1 },
      { text: SPEECHES[6]!.replace('.', '!'), label: 1 },
    ];
    expect(brief(await find(rows))).toEqual([
      {
        kind: 'conflicting-labels',
        ids: [
          [0, 300],
          [6, 301],
        ],
        remedy: exclude(0, 6, 300, 301),
      },
    ]);
  });

  it('does not take a sentence with another word and another label for a conflict', async () => {
    const [good, bad] = ['I really love how this film ends.', 'I really hate how this film ends.'];
    expect(await find([{ text: good }, { text: bad, label: 1 }])).toEqual([]);
    expect(await find([{ text: good }, { text: good.replace('love', 'do not love'), label: 1 }])).toEqual([]);
  });

  it('does not take texts of one form for copies', async () => {
    const capitals = ['Chad N’Djamena', 'Peru Lima', 'Mali Bamako', 'Cuba Havana', 'Iraq Baghdad'].map((pair) => {
      const [country, city] = pair.split(' ');
      return { text: `What is the capital of ${country}?\nThe capital of ${country} is ${city}.` };
    });
    expect(await find(capitals, 'near-duplicates')).toEqual([]);
  });

  it('finds empty, short and long texts, each once', async () => {
    const rows: Row[] = [' \n\t ', '\u200b\ufeff', 'Yes.', '🎉🎉', '— … —', 'word '.repeat(200_000)].map((text) => ({
      text,
    }));
    const findings = await find([...rows, { text: '' }]);
    expect(brief(findings)).toEqual([
      { kind: 'empty-text', ids: [[300], [301], [306]], remedy: exclude(300, 301, 306) },
      { kind: 'short-text', ids: [[302], [303], [304]], remedy: exclude(302, 303, 304) },
      { kind: 'long-text', ids: [[305]], remedy: exclude(305) },
    ]);
    expect(findings[2]!.cases[0]!.values).toEqual({ words: 200_000 });
  });

  it('measures length by the set itself', async () => {
    const names =
      'anna ben carl dora emma fritz gina hans ida jan karl lena max nora otto paul rita sven tina udo'.split(' ');
    expect(await textReport(columns(names.map((text, i) => ({ text, label: i % 2 }))))).toEqual([]);
    const emoji = [
      '😀',
      '🎉',
      '🚀',
      '🌍',
      '🍕',
      '🐱',
      '🐶',
      '🌸',
      '⚽',
      '🎸',
      '🍎',
      '🚗',
      '🏠',
      '📚',
      '💡',
      '🌈',
      '🔥',
      '⭐',
      '🎁',
      '🧊',
    ];
    expect(await textReport(columns(emoji.map((text, i) => ({ text, label: i % 2 }))))).toEqual([]);
  });

  it('finds copies in Chinese, which has no blanks', async () => {
    const chinese = [
      '这个手机用了三个星期，电池还能用一整天，我非常满意。',
      '客服态度很差，等了两个小时也没有人回复我的消息。',
      '我们昨天去的那家餐厅味道一般，不过服务员很热情。',
    ];
    const rows = [
      ...chinese,
      '这个手机用了三个多星期，电池还能用一整天，非常满意！',
      '客服态度很差,等了两个小时也没有人回复我的消息',
    ];
    expect(
      brief(
        await find(
          rows.map((text) => ({ text })),
          'near-duplicates',
        ),
      ),
    ).toEqual([
      {
        kind: 'near-duplicates',
        ids: [
          [300, 303],
          [301, 304],
        ],
        remedy: exclude(303, 304),
      },
    ]);
  });

  it('tells of classes: few, far fewer than the others, written in two ways', async () => {
    const sizes = [88, 80, 80, 30, 14, 8];
    const of = sizes.flatMap((size, label) => Array<number>(size).fill(label));
    const rows = clean.map(({ text }, i) => ({ text, label: of[i]! }));
    const findings = await textReport(columns(rows, ['spam', 'ham', 'info', 'news', 'Spam ', 'ads']));
    expect(findings.map(({ kind, cases }) => [kind, cases.map(({ values }) => values.class)])).toEqual([
      ['imbalance', ['news', 'Spam ']],
      ['class-too-small', ['ads']],
      ['similar-class-names', ['spam']],
    ]);
  });

  it('tells of a language that the tokenizer does not know, and of no other', async () => {
    const kinds = async (unknownShare: number, singleShare: number) =>
      (await textReport(columns(clean, undefined, { unknownShare, singleShare, examples: [7] }))).map(
        ({ kind }) => kind,
      );
    expect(await kinds(0.01, 0.05)).toEqual([]);
    expect(await kinds(0.2, 0)).toEqual(['unknown-language']);
    expect(await kinds(0.01, 0.6)).toEqual(['unknown-language']);
  });

  it('does not look at what was left out', async () => {
    expect(
      await find([
        { text: SPEECHES[0]!, label: 1, split: 2, excluded: true },
        { text: '', excluded: true },
      ]),
    ).toEqual([]);
    expect(brief(await find([{ text: SPEECHES[0]!, label: NONE, split: NONE }]))).toEqual([
      { kind: 'exact-duplicates', ids: [[0, 300]], remedy: exclude(300) },
    ]);
  });
});

/** An edit, and the least share of planted copies that must be found. */
const EDITS: readonly [string, (text: string) => string, number][] = [
  ['case', (text) => text.toUpperCase(), 1],
  ['punctuation', (text) => `${text.replace(/[.,;]/g, ' -')}!`, 1],
  [
    'full width',
    (text) => text.replace(/[a-z]/g, (letter) => String.fromCodePoint(letter.codePointAt(0)! + 0xfee0)),
    1,
  ],
  ['words before it', (text) => `RE: ${text}`, 0.97],
  ['the first word missing', (text) => text.replace(/^\S+ /, ''), 0.9],
  ['a word missing', (text) => text.replace(/^((?:\S+ ){4})\S+ /, '$1'), 0.9],
  ['cut off', (text) => text.slice(0, 0.8 * text.length), 0.97],
  ['a misspelt word', (text) => text.replace(/(\w{3})(\w)(\w)(?=\w)/, '$1$3$2'), 0.9],
];

it('counts words of plain texts as those of others', () => {
  for (const text of ["don't stop 2 times", 'a-b, [c]@d {e}', '', ' x ', ...SPEECHES.slice(0, 40)])
    expect(countWords(text)).toBe(wordsOf(text).length);
  expect(countWords('我们 go là-bas')).toBe(5);
});

describe('planted copies', () => {
  it.each(EDITS)('%s', async (_, edit, least) => {
    const planted = SPEECHES.filter((_, i) => i % 20 === 0);
    const rows = SPEECHES.map((text) => ({ text }));
    const findings = await textReport(columns([...rows, ...planted.map((text) => ({ text: edit(text) }))], ['all']));
    const pairs = findings.flatMap(({ cases }) => cases.map(({ ids }) => ids.join()));
    const wanted = planted.map((_, i) => `${20 * i},${300 + i}`);
    expect(wanted.filter((pair) => pairs.includes(pair)).length / wanted.length).toBeGreaterThanOrEqual(least);
    expect(pairs.filter((pair) => !wanted.includes(pair))).toEqual([]);
  });
});

describe('the samples are clean', () => {
  const text = (name: string) => readFileSync(`public/samples/${name}`, 'utf8');
  const table = (name: string) =>
    Papa.parse<Record<string, string>>(text(name), { header: true, skipEmptyLines: true }).data;
  it.each(['mails', 'topics'])('%s', async (name) => {
    const rows = table(`${name}.csv`);
    const classes = [...new Set(rows.map(({ label }) => label!))];
    const found = rows.map((row) => ({ text: row.text!, label: classes.indexOf(row.label!) }));
    expect(brief(await textReport(columns(found, classes)))).toEqual([]);
  });
  it('answers', async () => {
    const rows = text('answers.jsonl')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const found = rows.map(({ prompt, completion }) => ({ text: `${prompt}\n${completion}` }));
    expect(brief(await textReport(columns(found, [UNLABELLED])))).toEqual([]);
  });
});
